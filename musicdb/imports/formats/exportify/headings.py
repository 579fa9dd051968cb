"""The headings of exportify.app in the languages that it speaks, and in snake_case.

Each language of its page has its own words for the columns. English is not among them here: the format's columns have
the English headings.
"""

from collections.abc import Sequence

_COLUMNS = (
    *("spotify_id", "title", "artist_ids", "artists", "album_id", "album", "album_artist_ids", "album_artists"),
    *("released", "image_url", "disc_number", "track_number", "duration_ms", "preview_url", "explicit", "popularity"),
    *("is_playable", "added_by", "added_at", "album_genres", "labels", "copyrights", "genres"),
    *("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness"),
    *("liveness", "valence", "tempo", "time_signature"),
)
# The headings of each language, in the order of _COLUMNS, with a bar between them.
_LANGUAGES = {
    "ar": (
        "رابط الأغنية (URI)|اسم الأغنية|روابط الفنانين (URI)|أسماء الفنانين|رابط الألبوم (URI)|اسم الألبوم|"
        "روابط فناني الألبوم (URI)|أسماء فناني الألبوم|تاريخ إصدار الألبوم|رابط صورة الألبوم|رقم القرص|رقم الأغنية|"
        "مدة الأغنية (بالمللي ثانية)|رابط معاينة الأغنية|صريح|الشعبية|قابل للتشغيل|أضيف بواسطة|أضيف في|أنواع الألبوم|"
        "العلامة التجارية|حقوق النشر|أنواع الفنان|قابلية الرقص|الطاقة|المفتاح|مستوى الصوت|النمط|محتوى الكلام|"
        "الطابع الصوتي|الطابع الآلي|الحيوية|الإيجابية|الإيقاع|توقيع الزمن"
    ),
    "de": (
        "Track-URI|Track-Name|Künstler-URI(s)|Künstlername(n)|Album-URI|Album-Name|Album-Künstler-URI(s)|"
        "Album-Künstlername(n)|Veröffentlichungsdatum des Albums|Album-Bild-URL|Disc-Nummer|Track-Nummer|"
        "Track-Dauer (ms)|Track-Vorschau-URL|Explizit|Beliebtheit|Ist abspielbar|Hinzugefügt von|Hinzugefügt am|"
        "Album-Genres|Label|Urheberrechte|Künstler-Genres|Tanzbarkeit|Energie|Tonart|Lautstärke|Modus|Sprachanteil|"
        "Akustik|Instrumentalität|Lebendigkeit|Valenz|Tempo|Taktart"
    ),
    "el": (
        "URI κομματιού|Όνομα κομματιού|URI καλλιτέχνη/ων|Όνομα/τα καλλιτέχνη|URI άλμπουμ|Όνομα άλμπουμ|"
        "URI καλλιτέχνη/ων άλμπουμ|Όνομα/τα καλλιτέχνη άλμπουμ|Ημερομηνία κυκλοφορίας άλμπουμ|URL εικόνας άλμπουμ|"
        "Αριθμός δίσκου|Αριθμός κομματιού|Διάρκεια κομματιού (ms)|URL προεπισκόπησης κομματιού|Ακατάλληλο|Δημοτικότητα|"
        "Αναπαράγεται|Προστέθηκε από|Προστέθηκε στις|Είδη άλμπουμ|Εταιρεία|Πνευματικά δικαιώματα|Είδη καλλιτέχνη|"
        "Χορευτικότητα|Ενέργεια|Τονικότητα|Ένταση|Τρόπος|Ομιλητικότητα|Ακουστικότητα|Οργανοκεντρικότητα|Ζωντάνια|"
        "Θετικότητα|Ρυθμός|Μέτρο"
    ),
    "es": (
        "URI de la canción|Nombre de la canción|URI(s) del artista|Nombre(s) del artista|URI del álbum|"
        "Nombre del álbum|URI(s) del artista del álbum|Nombre(s) del artista del álbum|Fecha de lanzamiento del álbum|"
        "URL de la imagen del álbum|Número de disco|Número de la canción|Duración de la canción (ms)|"
        "URL de vista previa de la canción|Explícito|Popularidad|Es reproducible|Añadido por|Añadido en|"
        "Géneros del álbum|Sello|Derechos de autor|Géneros del artista|Bailabilidad|Energía|Tonalidad|Volumen|Modo|"
        "Hablado|Acústica|Instrumentalidad|Vivacidad|Valencia|Tempo|Compás"
    ),
    "fr": (
        "URI du titre|Nom du titre|URI(s) de l'artiste|Nom(s) de l'artiste|URI de l'album|Nom de l'album|"
        "URI(s) de l'artiste de l'album|Nom(s) de l'artiste de l'album|Date de sortie de l'album|"
        "URL de l'image de l'album|Numéro de disque|Numéro du titre|Durée du titre (ms)|"
        "URL de prévisualisation du titre|Explicite|Popularité|Est jouable|Ajouté par|Ajouté le|Genres de l'album|"
        "Label|Droits d'auteur|Genres de l'artiste|Danseabilité|Énergie|Tonalité|Volume sonore|Mode|Parlabilité|"
        "Acoustique|Instrumental|Vivacité|Valence|Tempo|Mesure"
    ),
    "it": (
        "URI della traccia|Nome della traccia|URI dell'artista|Nome dell'artista|URI dell'album|Nome dell'album|"
        "URI dell'artista dell'album|Nome dell'artista dell'album|Data di rilascio dell'album|"
        "URL dell'immagine dell'album|Numero del disco|Numero della traccia|Durata della traccia (ms)|"
        "URL di anteprima della traccia|Esplicito|Popolarità|È riproducibile|Aggiunto da|Aggiunto il|"
        "Generi dell'album|Etichetta|Copyright|Generi dell'artista|Ballabilità|Energia|Chiave|Volume|Modalità|"
        "Linguaggio parlato|Acustica|Strumentalità|Vivacità|Valenza|Tempo|Battuta"
    ),
    "ja": (
        "トラックURI|トラック名|アーティストURI|アーティスト名|アルバムURI|アルバム名|アルバムアーティストURI|"
        "アルバムアーティスト名|アルバム発売日|アルバム画像URL|ディスク番号|トラック番号|トラックの長さ（ミリ秒）|"
        "トラックプレビューURL|明示的な内容|人気度|再生可能|追加者|追加日時|アルバムジャンル|レーベル|著作権|"
        "アーティストジャンル|ダンサビリティ|エネルギー|キー|ラウドネス|モード|スピーチ性|アコースティック性|"
        "インストゥルメンタル性|ライブ感|感情値|テンポ|拍子"
    ),
    "nl": (
        "Nummer URI|Nummernaam|Artiest-URI|Naam van artiest|Album-URI|Naam van album|Artiest-URI van het album|"
        "Naam van artiest op het album|Releasedatum van het album|Album afbeelding-URL|Schijfnummer|Nummernummer|"
        "Nummerduur (ms)|Voorbeeld-URL|Expliciet|Populariteit|Speelbaar|Toegevoegd door|Toegevoegd op|"
        "Genres van het album|Label|Auteursrechten|Genres van de artiest|Dansbaarheid|Energie|Toonsoort|Luidheid|"
        "Modus|Spraakzaamheid|Akoestiek|Instrumentaliteit|Levendigheid|Valentie|Tempo|Maatstreep"
    ),
    "pt": (
        "URI da faixa|Nome da faixa|URI(s) do artista|Nome(s) do artista|URI do álbum|Nome do álbum|"
        "URI(s) do artista do álbum|Nome(s) do artista do álbum|Data de lançamento do álbum|URL da imagem do álbum|"
        "Número do disco|Número da faixa|Duração da faixa (ms)|URL de prévia da faixa|Explícita|Popularidade|"
        "É reproduzível|Adicionado por|Adicionado em|Gêneros do álbum|Gravadora|Direitos autorais|Gêneros do artista|"
        "Dançabilidade|Energia|Tonalidade|Volume|Modo|Oralidade|Acústica|Instrumentalidade|Vivacidade|Valência|Tempo|"
        "Compasso"
    ),
    "sv": (
        "Låtens URI|Låtens namn|Artistens URI|Artistens namn|Albumets URI|Albumets namn|Albumartistens URI|"
        "Albumartistens namn|Albumets releasedatum|Albumets bild-URL|Skivnummer|Låtnummer|Låtlängd (ms)|"
        "Förhandsgranskning URL|Explicit|Popularitet|Är spelbar|Tillagd av|Tillagd vid|Albumets genrer|Skivbolag|"
        "Upphovsrätt|Artistens genrer|Dansbarhet|Energi|Tonart|Ljudstyrka|Läge|Talighet|Akustik|Instrumentalhet|"
        "Livlighet|Valens|Tempo|Taktart"
    ),
    "tr": (
        "Parça URI|Parça Adı|Sanatçı URI|Sanatçı Adı|Albüm URI|Albüm Adı|Albümdeki Sanatçı URI|Albümdeki Sanatçı Adı|"
        "Albüm Çıkış Tarihi|Albüm Resim URL'si|Disk Numarası|Parça Numarası|Parça Süresi (ms)|Parça Önizleme URL'si|"
        "Açık İçerik|Popülerlik|Çalınabilir mi?|Ekleyen|Eklenme Tarihi|Albüm Türleri|Plak Şirketi|Telif Hakları|"
        "Sanatçı Türleri|Dans Edilebilirlik|Enerji|Ton|Ses Seviyesi|Mod|Konuşma Oranı|Akustiklik|Enstrümantalite|"
        "Canlılık|Duygusallık|Tempo|Ölçü İşareti"
    ),
    "yue-Hant-HK": (
        "歌 Link|歌名|Artist Link|Artist 名|專輯 Link|專輯名|專輯 Artist Link|專輯 Artist 名|專輯發行日|"
        "專輯封面條 Link|碟片冧把|曲目冧把|曲目時長（毫秒）|曲目試聽 Link|家長指引|熱門度|播得到|加入者|加入時間|"
        "專輯曲風|唱片公司|版權|藝人曲風|舞蹈性|能量|調性|響度|調式|語音度|原音性|器樂度|現場感|情緒效價|速度|拍號"
    ),
    "zh-Hans": (
        "曲目 URI|曲目名称|艺人 URI|艺人名称|专辑 URI|专辑名称|专辑艺人 URI|专辑艺人名称|专辑发行日期|专辑封面 URL|"
        "光盘编号|曲目编号|曲目时长（毫秒）|曲目试听 URL|含露骨内容|热度|可播放|添加者|添加时间|专辑流派|唱片公司|版权|"
        "艺人流派|舞蹈性|能量|调性|响度|调式|语音度|原声性|器乐度|现场感|情绪效价|速度|拍号"
    ),
    "zh-Hant": (
        "曲目 URI|曲目名稱|藝人 URI|藝人名稱|專輯 URI|專輯名稱|專輯藝人 URI|專輯藝人名稱|專輯發行日期|專輯封面 URL|"
        "光碟編號|曲目編號|曲目長度（毫秒）|曲目試聽 URL|含露骨內容|熱門度|可播放|新增者|新增時間|專輯曲風|唱片公司|"
        "著作權|藝人曲風|舞蹈性|能量|調性|響度|調式|語音度|原音性|器樂度|現場感|情緒效價|速度|拍號"
    ),
    "snake_case": (
        "track_uri|track_name|artist_uri|artist_name|album_uri|album_name|album_artist_uri|album_artist_name|"
        "album_release_date|album_image_url|disc_number|track_number|track_duration_ms|track_preview_url|explicit|"
        "popularity|is_playable|added_by|added_at|album_genres|label|copyrights|artist_genres|danceability|energy|key|"
        "loudness|mode|speechiness|acousticness|instrumentalness|liveness|valence|tempo|time_signature"
    ),
}
HEADINGS: dict[str, dict[str, str]] = {
    language: dict(zip(_COLUMNS, words.split("|"), strict=True)) for language, words in _LANGUAGES.items()
}


def translated(column: str, *also: str) -> Sequence[str]:
    """Return the headings of a column in every language but English, and others that it goes by."""
    return [*(headings[column] for headings in HEADINGS.values()), *also]

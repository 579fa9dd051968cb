"""What people and programs call the fields of a track in the headings of their tables."""

import re
from collections.abc import Iterator, Mapping

from musicdb.imports.formats.base import heading_key

# By the field, the headings that no format of its own has, in the languages that such files are most often in. A
# heading may stand under several fields: the first whose cells fit is guessed.
_HEADINGS = {
    "track_number": "track|track no|track nr|track number|track #|trk|position on album|spur",
    "title": "title|song|song name|song title|track|track name|track title|tune|recording|name|titel|lied|"
    "titre|morceau|título|canción|titolo|brano|canzone|música|faixa|nummer|låt|tytuł|utwór|название|трек|песня|曲名|タイトル|曲|"
    "제목|곡명|노래|歌曲|歌名|标题",
    "artists": "artist|artists|artist name|artist names|band|performer|performers|singer|act|interpret|künstler|"
    "artiste|artistes|artista|artistas|artisti|artiest|wykonawca|исполнитель|артист|アーティスト|歌手|가수|아티스트|艺术家|艺人",
    "album": "album|album name|album title|release|record|álbum|альбом|アルバム|앨범|专辑",
    "album_artists": "album artist|album artists|albumartist|albuminterpret",
    "genres": "genre|genres|style|styles|top genre|género|genere|gênero|gatunek|жанр|ジャンル|장르|流派",
    "released": "release date|released|date|year|release year|released year|year released|album release date|"
    "album date|album year|original year|jahr|année|año|anno|ano|jaar|år|rok|год|年|発売日|연도|발매일",
    "labels": "label|record label|publisher|record company|labels|레이블",
    "duration_ms": "duration|duration ms|length|time|track length|dauer|länge|durée|duración|durata|duração|duur|längd|"
    "czas|длительность|長さ|時間|길이|dur|total time|playtime",
    "explicit": "explicit|is explicit|explicit lyrics",
    "liked": "liked|loved|love|favorite|favourite|is liked|heart|starred|💚|❤|❤️|♥|like",
    "score": "score|plays|play count|playcount|times played|listens|scrobbles|listen count|count",
    "rating": "rating|ratings|my rating|star rating|stars|user rating|track rating|song rating|rated|bewertung|wertung|"
    "évaluation|valoración|valutazione|avaliação|beoordeling|betyg|ocena|рейтинг|оценка|評価|レート|평점|별점|评分|★",
    "added_at": "added at|date added|added|added on|saved at|date saved",
    "disc_number": "disc|disc number|disc no|disk|disk number|cd|disc #",
    "isrc": "isrc|isrc code",
    "upc": "upc|ean|barcode|album upc",
    "spotify_id": "spotify id|spotify uri|spotify url|spotify track id|spotify link|track id|track uri|track url|id|"
    "uri|url|link|song id",
    "artist_ids": "artist id|artist ids|artist uri|spotify artist id",
    "album_id": "album id|album uri|spotify album id",
    "image_url": "image|image url|cover|cover url|artwork|album art|album image|album cover",
    "preview_url": "preview|preview url",
    "popularity": "popularity|pop|track popularity|popularité|popularität",
    "danceability": "danceability|dance|dnce",
    "energy": "energy|nrgy",
    "speechiness": "speechiness|spch",
    "acousticness": "acousticness|acoustic|acous",
    "instrumentalness": "instrumentalness|instrumental",
    "liveness": "liveness|live",
    "valence": "valence|val|happiness|positivity",
    "tempo": "tempo|bpm|beats per minute",
    "loudness": "loudness|db|loudness db",
    "key": "key|camelot|musical key|tonart|initial key",
    "mode": "mode|scale|major minor",
    "time_signature": "time signature|meter|metre|time sig",
    "features_source": "features source|source of the features",
}
# The words that say nothing about the field beside another word, as in "Energy Rating" or "Duration (ms)".
_NOISE = frozenset(
    (
        *("track", "song", "spotify", "rating", "value", "score", "level", "feature", "audio", "percent", "pct", "ms"),
        *("milliseconds", "sec", "secs", "seconds", "s", "min", "minutes", "name", "names", "main", "primary", "my"),
        *("the", "of", "in", "avg", "average", "mean", "original", "playlist", "music", "itunes", "apple", "deezer"),
    )
)
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")


def _by_key() -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for field, headings in _HEADINGS.items():
        for heading in headings.split("|"):
            fields.setdefault(heading_key(heading) or heading, []).append(field)
    return fields


_FIELDS = _by_key()


def fields_of(heading: str, more: Mapping[str, str]) -> Iterator[tuple[bool, str]]:
    """Yield the fields that a heading may mean, the likeliest first, each with whether the whole heading means it.

    ``more`` has the fields of further headings, by their keys.
    """
    key = heading_key(heading) or heading.strip()
    yield from ((True, field) for field in _FIELDS.get(key, ()))
    if key in more:
        yield True, more[key]
    rest = "".join(word for word in _BETWEEN_WORDS.split(heading) if word.lower() not in _NOISE)
    if rest and (rest := heading_key(rest)) != key:
        yield from ((False, field) for field in _FIELDS.get(rest, ()))

"""Text that is not in Unicode: a right guess where the text shows its encoding, and a question where it does not."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from musicdb.imports import ImportOptions, OpenQuestionsError, ParseOptions, Source, run_import
from musicdb.imports.tables import read_sources
from musicdb.imports.tables.encodings import cells_beyond_ascii
from musicdb.models import Track
from tests.imports.files import as_csv, net_row, records_of
from tests.imports.test_tables import zipped

WESTERN = [
    *("Señorita", "Für Elise", "Déjà vu – “Öl”", "Coração", "L’été indien", "Großstadt", "Año nuevo", "Père Noël"),
    *("Über sieben Brücken", "Canción de mañana", "Saudade não tem fim", "À bientôt", "Så länge", "Ungewöhnlich schön"),
]
TITLES = {
    "cp949": ["비 오는 날", "사랑했나봐", "바람이 분다", "밤편지", "너의 의미", "봄날의 기억"],
    "cp932": ["夜に駆ける", "さよならの夏", "チェリー", "世界が終わるまでは", "青い影", "ありがとう"],
    "euc-jp": ["夜に駆ける", "さよならの夏", "チェリー", "世界が終わるまでは", "青い影", "ありがとう"],
    "gb18030": ["月亮代表我的心", "后来的我们", "小幸运", "平凡之路", "成都", "童话"],
    "big5": ["月亮代表我的心", "後來的我們", "小幸運", "平凡之路", "愛情轉移", "童話"],
    "cp1251": ["Обратно в клас", "Группа крови", "Звезда по имени Солнце", "Мама, я не вернусь", "Дождь"],
    "koi8-r": ["Обратно в класс", "Группа крови", "Звезда по имени Солнце", "Перемен", "Дождь"],
    "cp866": ["Обратно в класс", "Группа крови", "Звезда по имени Солнце", "Перемен", "Дождь"],
    "mac-cyrillic": ["Обратно в класс", "Группа крови", "Звезда по имени Солнце", "Перемен", "Дождь"],
    "cp1250": ["Żółte kalendarze", "Dziwny jest ten świat", "Małgośka", "Łzy", "Pożegnanie", "Jesteś częścią"],
    "mac-latin2": ["Żółte kalendarze", "Dziwny jest ten świat", "Małgośka", "Łzy", "Pożegnanie", "Jesteś częścią"],
    "cp852": ["Żółte kalendarze", "Dziwny jest ten świat", "Małgośka", "Łzy", "Pożegnanie", "Jesteś częścią"],
    "cp1252": WESTERN,
    "mac-roman": WESTERN,
    "cp850": ["Señorita", "Für Elise", "Déjà vu", "Coração", "Großstadt", "Übermut", "Père Noël"],
    "cp1254": ["Gülümse", "Şımarık", "Aşk Şarkısı", "Dağlar Dağlar", "İstanbul’da Sonbahar", "Yağmur", "Işıklı Yıllar"],
    "cp1253": ["Τα παιδιά του Πειραιά", "Ένα το χελιδόνι", "Μισιρλού", "Αγάπη", "Το τραγούδι"],
    "cp1255": ["ירושלים של זהב", "הבה נגילה", "שיר לשלום", "אהבה", "בואי"],
}
OTHER_LANGUAGES = [
    ("cp1250", ["Příliš tiché ráno", "Ještě jednou", "Žlutá ruže", "Kůň a stín", "Dvě řeky", "Děti ráje"]),
    (
        "cp1250",
        [
            "Őszi dal",
            "Szerelmes szívünk",
            "Hűvös éjszaka",
            "Gyöngyhajú lány",
            "Esőcsepp",
            "Gyűlöl és szeret",
            "Egyszerű szó",
        ],
    ),
    (
        "cp1250",
        [
            "Čoban tera ovčice",
            "Đurđevdan",
            "Što te nema",
            "Lijepa Ćana",
            "Žute dunje",
            "Noćas ćeš",
            "Još čekam veče",
            "Srećan dočekaš",
        ],
    ),
    ("cp1252", ["Smørrebrød", "Kærlighed", "På vej hjem", "Sådan er det", "Æbler og ål"]),
    ("cp1252", ["Björk", "På väg hem", "Åkeröspår", "Små lätta moln", "Följ mig nu", "Öppna landskap"]),
    ("mac-roman", ["Björk", "På väg hem", "Åkeröspår", "Små lätta moln", "Följ mig nu", "Öppna landskap"]),
]


def source(titles: list[str], encoding: str, name: str = "songs.csv") -> Source:
    rows = [net_row(number, **{"Track Name": title}) for number, title in enumerate(titles, start=1)]
    return Source(name, as_csv(rows).encode(encoding))


@pytest.mark.parametrize(("encoding", "titles"), [*TITLES.items(), *OTHER_LANGUAGES])
def test_the_text_shows_its_encoding(encoding: str, titles: list[str]) -> None:
    parsed = records_of(source(titles, encoding))
    assert [row.record.title for row in parsed.tracks] == titles
    assert parsed.questions == []
    (note,) = [note for note in parsed.notes if note.code == "encoding"]
    assert f"({encoding})" in note.text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii"]
)
def test_unicode_needs_no_word(encoding: str) -> None:
    titles = ["Plain"] if encoding == "ascii" else [*TITLES["cp949"], *TITLES["cp1250"]]
    parsed = records_of(source(titles, encoding))
    assert [row.record.title for row in parsed.tracks] == titles
    assert (parsed.notes, parsed.questions, parsed.encodings) == ([], [], {})


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_says_that_a_file_is_in_utf_32(encoding: str) -> None:
    """Above a header in Korean, and above a header in Latin letters."""
    for title in ("제목", "Title"):
        marked = f"\ufeff{title},Artist\n비 오는 날,이하이\n"
        (table,) = read_sources([Source("songs.csv", marked.encode(encoding))])
        assert [cells for _, cells in table.open()] == [[title, "Artist"], ["비 오는 날", "이하이"]]


def test_a_playlist_in_utf_32_is_read() -> None:
    (table,) = read_sources(
        [Source("songs.m3u8", "#EXTM3U\n#EXTINF:200,이하이 - 비 오는 날\na.mp3\n".encode("utf-32"))]
    )
    assert "비 오는 날" in [cell for _, cells in table.open() for cell in cells]


class TestUnsure:
    """Two letters that are as good in several encodings."""

    SOURCE = source(["Łódź"], "mac-latin2")

    def test_the_question_has_a_sample_of_each_encoding_that_can_be_meant(self) -> None:
        (question,) = records_of(self.SOURCE).questions
        assert question.code == "encoding"
        options = {option.name: option.label for option in question.options}
        assert options["mac-latin2"] == "Central European, Mac (mac-latin2): Łódź"
        assert options["mac-roman"] == "Western European, Mac (mac-roman): ¸ódê"

    @pytest.mark.django_db
    def test_nothing_is_imported_before_the_answer(self) -> None:
        with pytest.raises(OpenQuestionsError, match="in which encoding the text is"):
            run_import([self.SOURCE], ImportOptions(), None)
        assert not Track.objects.exists()
        run_import([self.SOURCE], ImportOptions(parse_options=ParseOptions(encoding="mac-latin2")), None)
        assert Track.objects.get().title == "Łódź"

    @pytest.mark.django_db
    def test_the_command_lists_the_answers_and_takes_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "songs.csv"
        path.write_bytes(self.SOURCE.data)
        with pytest.raises(CommandError, match=r"\(--encoding NAME\) Nothing was imported"):
            call_command("importlibrary", str(path))
        assert "--encoding mac-latin2: Central European, Mac (mac-latin2): Łódź" in capsys.readouterr().err
        call_command("importlibrary", str(path), "--encoding", "mac-latin2")
        assert Track.objects.get().title == "Łódź"

    def test_other_files_of_the_upload_decide(self) -> None:
        files = {
            "one.csv": self.SOURCE.data,
            "more.csv": source(["A", *TITLES["mac-latin2"]], "mac-latin2").data,
            "unicode.csv": as_csv([net_row(99, **{"Track Name": "비 오는 날"})]).encode(),
        }
        parsed = records_of(Source("all.zip", zipped(files)))
        assert parsed.questions == []
        assert {"Łódź", "비 오는 날"} <= {row.record.title for row in parsed.tracks}
        (note,) = [note for note in parsed.notes if note.code == "encoding"]
        assert str(note).startswith("2 files: The text is read as Central European, Mac")


def test_many_files_ask_once() -> None:
    files = {f"{number}.csv": source(["Łódź"], "mac-latin2").data for number in range(75)}
    parsed = records_of(Source("all.zip", zipped(files)))
    assert [str(question).partition(":")[0] for question in parsed.questions] == ["75 files"]


def test_a_wrong_guess_can_be_put_right() -> None:
    chosen = ParseOptions(encoding="cp1251")
    parsed = records_of(source(TITLES["cp1251"], "cp1251"), parse_options=chosen)
    assert parsed.tracks[0].record.title == "Обратно в клас"
    misread = records_of(source(TITLES["cp1251"], "cp1251"), parse_options=ParseOptions(encoding="koi8-r"))
    assert misread.tracks[0].record.title != "Обратно в клас"
    assert misread.encodings["cp1251"].startswith("Обратно в клас · Группа крови")


def test_the_choice_leaves_unicode_alone() -> None:
    titles = TITLES["cp949"]
    parsed = records_of(source(titles, "utf-8"), parse_options=ParseOptions(encoding="cp1252"))
    assert [row.record.title for row in parsed.tracks] == titles


@pytest.mark.django_db
def test_bad_rows_are_written_in_the_chosen_encoding(tmp_path: Path) -> None:
    rows = [net_row(1), net_row(2, **{"Track Name": "Łódź", "Energy": "x"})]
    file = Source("songs.csv", as_csv(rows).encode("mac-latin2"))
    options = ImportOptions(skip_bad=True, parse_options=ParseOptions(encoding="mac-latin2"))
    path = tmp_path / "bad.csv"
    run_import([file], options, None, bad_rows_path=lambda record: path)
    assert "Łódź" in path.read_text(encoding="utf-8-sig")


class TestSingleErrors:
    def text(self, *broken: str) -> bytes:
        rows = [net_row(number, **{"Track Name": title}) for number, title in enumerate(TITLES["cp949"], start=1)]
        data = as_csv(rows).encode()
        for word in broken:
            whole = word.encode()
            data = data.replace(whole, whole[:-3] + b"\xff" + whole[-3:], 1)
        return data

    def test_one_bad_byte_replaces_one_character_and_is_named(self) -> None:
        parsed = records_of(Source("songs.csv", self.text("밤편지")))
        assert [row.record.title for row in parsed.tracks][2:5] == ["바람이 분다", "밤편\ufffd지", "너의 의미"]
        assert parsed.questions == []
        assert [str(note) for note in parsed.notes] == [
            "songs.csv: 1 character is not in Unicode (utf-8); it is replaced by “\ufffd”: row 5, Track Name."
        ]

    def test_several(self) -> None:
        parsed = records_of(Source("songs.csv", self.text("밤편지", "비 오는 날")))
        (note,) = parsed.notes
        assert note.text.startswith("2 characters are not in Unicode (utf-8); each is replaced")
        assert note.text.endswith("row 2, Track Name; row 5, Track Name.")

    def test_behind_a_byte_order_mark(self) -> None:
        parsed = records_of(Source("songs.csv", b"\xef\xbb\xbf" + self.text("밤편지")))
        assert "row 5, Track Name" in parsed.notes[0].text
        assert parsed.tracks[3].record.title == "밤편\ufffd지"

    def test_one_that_was_replaced_before_is_no_error(self) -> None:
        parsed = records_of(source(["Bad \ufffd", "비 오는 날"], "utf-8"))
        assert parsed.tracks[0].record.title == "Bad \ufffd"
        assert parsed.notes == []

    def test_in_another_encoding(self) -> None:
        data = source(TITLES["cp949"], "cp949").data.replace("밤편지".encode("cp949"), b"\xb9\xe3\xff\xc1\xf6", 1)
        parsed = records_of(Source("songs.csv", data))
        assert parsed.tracks[3].record.title == "밤\ufffd지"
        assert any("row 5, Track Name" in note.text for note in parsed.notes)
        assert parsed.questions == []


def test_cells_are_found_in_long_lines() -> None:
    data = b"x" * 100_000 + "é".encode("cp1252") + b",plain," + "ö".encode("cp1252") * 3 + b"\r\n"
    cells = cells_beyond_ascii(data)
    assert [cell.decode("cp1252").lstrip("x") for cell in cells] == ["é", "ööö"]

"""Files that are not tables: what each is, by its content, and what to import in its place."""

import re
import zipfile
import zlib
from collections.abc import Callable

from musicdb.imports.messages import ImportRefusedError

_TAKE_A_TABLE = (
    "Import a table: a CSV file of Exportify (exportify.net) or of musicdb’s own exports, or an .xlsx workbook."
)
_SAVE_AS = "Save it as .xlsx or .csv."

# What a file begins with, and what it is then.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (rb"%PDF-", "a PDF document", _TAKE_A_TABLE),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|....ftyp(heic|mif1|avif)", "a picture", _TAKE_A_TABLE),
    (rb"ID3[\x02-\x04]|fLaC|OggS|RIFF....WAVE|....ftyp", "a recording or a film", _TAKE_A_TABLE),
    (
        rb"SQLite format 3\0",
        "an SQLite database",
        "Export its tracks as CSV: of Navidrome, the table media_file; of beets, with “beet export”. "
        "If it is musicdb’s, export the library in the admin.",
    ),
    (rb"PGDMP", "a packed dump of a PostgreSQL database", "Export the tracks of the database as CSV."),
    (rb"PAR1", "a Parquet file", "Convert it to CSV."),
    (
        rb"\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!|\x28\xb5\x2f\xfd|BZh[1-9]1AY|\xfd7zXZ\0",
        "a packed archive",
        "Unpack it, or pack it as .zip.",
    ),
    (
        rb"hdfm|bplist00",
        "a database or settings of Apple’s",
        "In Music or iTunes, choose File, Library, Export Library, and import that file.",
    ),
    (rb"\{\\rtf", "a formatted text (RTF)", _TAKE_A_TABLE),
)
# The same for text, without the blanks at its beginning.
_TEXTS: tuple[tuple[str, str, str], ...] = (
    (
        r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body)\b",
        "a web page",
        "A site may have sent its login or an error in place of the file. Download the file again.",
    ),
    (
        r"(<\?xml[^>]*>\s*)?(<!doctype\s+plist[^>]*>\s*)?<plist",
        "a property list of Apple’s without tracks",
        "In Music or iTunes, choose File, Library, Export Library, and import that file.",
    ),
    (
        r"(<\?xml[^>]*>\s*)?<library>\s*<tracks>",
        "an XML file of beets",
        "Export the library with “beet export -l -f json -o library.json”, and import that file.",
    ),
    (r"(<\?xml|<!doctype|<!--|<\w+[^<>,;]*>)", "an XML file", _TAKE_A_TABLE),
    (r"(#EXTM3U|#EXTINF)", "a playlist of files (M3U)", _TAKE_A_TABLE),
    (r"\[playlist\]\s", "a playlist of files (PLS)", _TAKE_A_TABLE),
)
_BINARY = tuple((re.compile(pattern, re.DOTALL), what, instead) for pattern, what, instead in _SIGNATURES)
_TEXT = tuple((re.compile(pattern, re.DOTALL | re.IGNORECASE), what, instead) for pattern, what, instead in _TEXTS)
# What the content of a zip file says that it is.
_MEMBERS = {
    "word/document.xml": ("a Word document (.docx)", _TAKE_A_TABLE),
    "ppt/presentation.xml": ("a PowerPoint presentation (.pptx)", _TAKE_A_TABLE),
    "xl/workbook.bin": ("a binary Excel workbook (.xlsb)", _SAVE_AS),
    "Index/Document.iwa": ("a document of Apple’s Numbers, Pages or Keynote", "Export it as .xlsx or .csv."),
}
_MUSIC = (".mp3", ".flac", ".m4a", ".aac", ".ogg", ".opus", ".wav", ".wma")
_LOOKED_AT = 2_000
# A table of text has no control characters but tabs and line breaks. One may have slipped in.
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL = 1 / 20


def refuse_binary(name: str, head: bytes, read: Callable[[], bytes]) -> None:
    """Refuse a file that is not text and not a zip file. ``head`` is how it begins, and ``read`` returns all of it.

    Raises ImportRefusedError.
    """
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefusedError(_old_office(name, read()))
    for pattern, what, instead in _BINARY:
        if pattern.match(head):
            raise ImportRefusedError(f"{name} is {what}, not a table. {instead}")


def _old_office(name: str, data: bytes) -> str:
    # The names of a file's parts are in UTF-16.
    if "EncryptedPackage".encode("utf-16-le") in data:
        return f"{name} is protected by a password. Remove it first."
    if "WordDocument".encode("utf-16-le") in data:
        return f"{name} is a Word document (.doc), not a table. {_TAKE_A_TABLE}"
    return f"{name} is an old Excel workbook (.xls). {_SAVE_AS}"


def refuse_document(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse a zip file that is a document of an office program. Raises ImportRefusedError."""
    names = {member.filename for member in archive.infolist()}
    if "META-INF/manifest.xml" in names:
        what, instead = _open_document(archive)
        raise ImportRefusedError(f"{name} is {what}, not a table that musicdb reads. {instead}")
    for path, (what, instead) in _MEMBERS.items():
        if path in names:
            raise ImportRefusedError(f"{name} is {what}, not a table that musicdb reads. {instead}")


def _open_document(archive: zipfile.ZipFile) -> tuple[str, str]:
    """Return what an OpenDocument file is, and what to do with it."""
    try:
        with archive.open("mimetype") as packed:
            kind = packed.read(100)
    except (KeyError, OSError, ValueError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
        kind = b""
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        instead = "In LibreOffice, choose File, Save as, and the type “Excel 2007-365 (.xlsx)” or “Text CSV (.csv)”."
        return "an OpenDocument spreadsheet (.ods)", instead
    return "an OpenDocument file (.odt or another)", _TAKE_A_TABLE


def refuse_other_text(name: str, beginning: bytes, encoding: str) -> None:
    """Refuse text that is not a table, and what is not text at all. Raises ImportRefusedError.

    ``beginning`` is how it begins, or all of it where it is short.
    """
    head = beginning[:_LOOKED_AT].decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if len(beginning) > _LOOKED_AT:
        # The last line is cut.
        head = head.rpartition("\n")[0] or head
    for pattern, what, instead in _TEXT:
        if pattern.match(head):
            raise ImportRefusedError(f"{name} is {what}, not a table. {instead}")
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    if lines and all(line.lower().endswith(_MUSIC) for line in lines):
        raise ImportRefusedError(f"{name} is a list of files of music, not a table. {_TAKE_A_TABLE}")
    if len(_CONTROL.findall(head)) > _MAX_CONTROL * len(head):
        raise ImportRefusedError(f"{name} is not text. {_TAKE_A_TABLE}")

"""How a picture was made, written into it and read back: an XMP packet, which every format but BMP carries.

Programs that show or sort pictures keep XMP. It is searched as text: no XML parser should meet strangers' files.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from ganstudio.pictures.reading import Unreadable, opened
from ganstudio.pictures.video import comment
from ganstudio.words.films import is_video_name
from ganstudio.words.making import Making

SOFTWARE = "GAN Studio"
_LONGEST = 1 << 20  # Bytes of XMP that are searched.
_MADE = re.compile(rb'ganstudio:making(?:="([^"]*)"|>([^<]*)<)')
_PACKET = """\
<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:ganstudio="urn:ganstudio:making"
    xmp:CreatorTool="{tool}"{making}/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def packet(making: Making | None, software: str) -> bytes:
    """The XMP packet that says how a picture was made: in few words, and in full where that is known.

    ASCII, because what writes it into a PNG knows no other letters there.
    """
    full = f' ganstudio:making="{_escaped(making.to_json())}"' if making else ""
    return _PACKET.format(tool=_escaped(software), making=full).encode("ascii", "xmlcharrefreplace")


def text(making: Making | None, software: str) -> str:
    """The same for films, most of which hold plain words alone."""
    full = f' ganstudio:making="{_escaped(making.to_json())}"' if making else ""
    return f"{SOFTWARE}: {software}{full}"


def made_from(path: Path) -> Making | None:
    """How GAN Studio made this picture; None when it did not, or when the file cannot be read."""
    try:
        if is_video_name(path.name):
            found: Any = comment(path)
        else:
            with opened(path) as image:
                info = image.info
                found = info.get("xmp") or info.get("XML:com.adobe.xmp") or info.get("comment") or b""
    except Unreadable:
        return None
    return _making(found.encode(errors="replace") if isinstance(found, str) else found)


def _making(xmp: Any) -> Making | None:
    match = _MADE.search(xmp[:_LONGEST]) if isinstance(xmp, bytes) else None
    if match is None:
        return None
    try:
        return Making.from_json(html.unescape((match[1] or match[2] or b"").decode()))
    except ValueError:
        return None


def _escaped(text: str) -> str:
    """Text as an attribute; a name may hold what XML does not allow."""
    return html.escape(
        "".join(letter for letter in text if letter.isprintable() and not "\ud800" <= letter <= "\udfff")
    )

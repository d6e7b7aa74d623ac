"""How a picture was made, as it is written into it: an XMP packet, which every format but BMP carries.

Programs that show or sort pictures keep XMP. It is searched as text: no XML parser should meet strangers' files.
"""

from __future__ import annotations

import html
import re

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


def making_in(xmp: bytes) -> Making | None:
    """How a picture was made, from what `packet` or `text` gave; None when neither is in it."""
    match = _MADE.search(xmp[:_LONGEST])
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

"""Languages of a BMEcat catalogue: ISO 639-2 codes to locales, and the texts of one element by locale."""

from collections.abc import Iterable, Iterator

from commerce.readers.bmecat.nodes import Node
from language.locales import canonical_locale

_TEXT = """
ara=ar bul=bg cat=ca ces=cs cze=cs chi=zh zho=zh cym=cy dan=da deu=de ger=de dut=nl nld=nl ell=el gre=el eng=en est=et
eus=eu fin=fi fra=fr fre=fr gle=ga heb=he hin=hi hrv=hr scr=hr hun=hu ice=is isl=is ind=id ita=it jpn=ja kor=ko lav=lv
lit=lt ltz=lb mac=mk mkd=mk may=ms msa=ms mlt=mt nno=nn nob=nb nor=no pol=pl por=pt ron=ro rum=ro rus=ru slk=sk slo=sk
slv=sl spa=es sqi=sq alb=sq srp=sr scc=sr swe=sv tha=th tur=tr ukr=uk vie=vi
"""
_LOCALES = dict(pair.split("=") for pair in _TEXT.split())


def locale_of(code: str) -> str:
    """Return the locale of a language code: "deu" gives "de"; a code that is not known is taken for a locale."""
    code = code.strip().replace("_", "-")
    return _LOCALES.get(code.lower(), canonical_locale(code))


def by_locale(nodes: Iterable[Node], default: str) -> Iterator[tuple[str, Node]]:
    """Yield each element with the locale that its ``lang`` gives, or with the file's default one."""
    for node in nodes:
        code = node.attributes.get("lang", "")
        yield (locale_of(code) if code.strip() else default), node


def preferred(nodes: Iterable[Node], locale: str, default: str) -> Node | None:
    """Return the element in a locale, or else the first one that says anything."""
    filled = [(own, node) for own, node in by_locale(nodes, default) if node.words()]
    return next((node for own, node in filled if own == locale), filled[0][1] if filled else None)

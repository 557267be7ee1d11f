"""Languages by their three letters, as tags of files want them."""

from __future__ import annotations

_KNOWN = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bh:bih
bi:bis bm:bam bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces cu:chu cv:chv cy:cym da:dan
de:deu dv:div dz:dzo ee:ewe el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas ff:ful fi:fin fj:fij fo:fao fr:fra
fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her
ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik kj:kua
kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin
lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob
nd:nde ne:nep ng:ndo nl:nld nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli
pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slk
sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha ti:tir
tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol
wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho zu:zul
"""
_LETTERS = {short: long for short, _, long in (pair.partition(":") for pair in _KNOWN.split())}
UNDETERMINED = "und"


def base_of(language: str) -> str:
    """A language tag's language, without region and script.

    >>> base_of("pt-BR")
    'pt'
    """
    return language.split("-", maxsplit=1)[0].casefold()


def three_letters(language: str) -> str:
    """The code of ISO 639-2 (its terminological one) for a language tag; what has three letters already is kept.

    >>> three_letters("en-GB"), three_letters("no"), three_letters("fil-PH"), three_letters("x-own")
    ('eng', 'nor', 'fil', 'und')

    Source: ISO 639-1 and 639-2, all pairs.
    """
    main = base_of(language)
    kept = main if len(main) == 3 and main.isascii() and main.isalpha() else UNDETERMINED
    return _LETTERS.get(main, kept)


def packed(letters: str) -> int:
    """Three letters in fifteen bits. Source: ISO 14496-12, 8.4.2 (media header).

    >>> hex(packed("und"))
    '0x55c4'
    """
    first, second, third = (ord(letter) - 0x60 for letter in letters)
    return first << 10 | second << 5 | third

"""Names of regions as a reader says them: the abbreviations of AAL in words, other names as they are."""

_WORDS = {
    "Sup": "superior",
    "Mid": "middle",
    "Inf": "inferior",
    "Ant": "anterior",
    "Post": "posterior",
    "Med": "medial",
    "Medial": "medial",
    "Orb": "orbital part",
    "Oper": "opercular part",
    "Tri": "triangular part",
    "Supp": "supplementary",
    "Motor": "motor",
    "Area": "area",
    "Pole": "pole",
    "Lobule": "lobule",
    "Crus1": "crus 1",
    "Crus2": "crus 2",
    "Cerebelum": "Cerebellum",
    "Cingulum": "Cingulate",
}
_WHOLE = {"Rolandic_Oper": "Rolandic operculum", "ParaHippocampal": "Parahippocampal", "Olfactory": "Olfactory cortex"}
_BEFORE = ("Sup", "Mid", "Inf", "Ant", "Post")  # said before what they follow in AAL
_SIDES = {"L": "left", "R": "right"}


def region_in_words(name: str) -> str:
    """`Frontal_Sup_Orb_L` as "Superior frontal orbital part, left"; names without a side stay, with spaces.

    The abbreviations are those of AAL (Tzourio-Mazoyer et al. 2002).
    """
    parts = name.split("_")
    if parts[-1] not in _SIDES or len(parts) < 2:
        return name.replace("_", " ")
    own, side = parts[:-1], _SIDES[parts[-1]]
    if len(own) > 1 and own[1] in _BEFORE:
        own = [own[1], own[0], *own[2:]]
    spoken = [_WORDS.get(part, part) for part in own]
    words = _WHOLE.get("_".join(parts[:-1])) or " ".join([spoken[0], *(word.lower() for word in spoken[1:])])
    return f"{words[:1].upper()}{words[1:]}, {side}"

"""The called regions to pan and zoom through, in a page of its own that asks for nothing from anywhere."""

import html
from collections.abc import Sequence

from nilearn import plotting
from nilearn.datasets import load_mni152_template

from cgni.figures.brain import MAGNITUDE, SIGNED, PaintedComponent, largest

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Called regions</title>
<style>
  body {{ margin: 24px; color: #1f2733; font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }}
  p.stamp {{ color: #b3261e; font-weight: 700; }} iframe {{ border: 0; width: 100%; height: 340px; }}
</style>
</head>
<body>
<h1>Called regions</h1>
{body}
</body>
</html>
"""
_HOW = (
    "Click into a cut or drag across it to move the other two; the number under the cuts is the place in MNI "
    "millimetres. Colours: {meaning}."
)
NOTHING = "No region is called in any component."


def viewer_page(painted: Sequence[PaintedComponent], stamp: str = "") -> str:
    """HTML with a viewer a component (nilearn's, whose scripts lie inside), or the sentence that nothing is called.

    A `stamp` that is not empty stands at the top.
    """
    parts = [f'<p class="stamp">{html.escape(stamp)}</p>'] if stamp else []
    how = _HOW.format(meaning=MAGNITUDE[:1].lower() + MAGNITUDE[1:]) if painted else NOTHING
    parts.append(f"<p>{html.escape(how)}</p>")
    top = largest(list(painted)) if painted else 0.0
    for component in painted:
        names = ", ".join(component.called["feature"].str.replace("_", " "))
        parts.append(f"<h2>Component {component.number}</h2>\n<p>n = {len(component.called)}: {html.escape(names)}</p>")
        inside = html.escape(_viewer(component, top), quote=True)
        parts.append(f'<iframe srcdoc="{inside}" title="Component {component.number}"></iframe>')
    return _PAGE.format(body="\n".join(parts))


def _viewer(component: PaintedComponent, top: float) -> str:
    view = plotting.view_img(
        component.image,
        bg_img=load_mni152_template(resolution=2),
        cut_coords=None,
        colorbar=True,
        threshold=1e-6,
        vmax=top,
        cmap=SIGNED,
        symmetric_cmap=True,
        black_bg=False,
        resampling_interpolation="nearest",
        width_view=900,
    )
    return str(view.html)

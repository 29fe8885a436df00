"""The page: what stands in it, that no text can break out of its place, and, where there is a browser, that its switches work."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from made_reports import EXAMPLE, finding, made, reports

from spinfix import Patch, Report, Span, Verdict, detect, revert
from spinfix.patch import digest
from spinfix.report.formats import FORMATS
from spinfix.report.page import page
from spinfix.report.places import kinds_of

REPORT = detect(EXAMPLE, path="examples/spun-article.txt")
HOSTILE = (
    "a</script><script>alert(1)</script>\n\n<img src=x onerror='alert(2)'> \"quoted\""
    " &amp; {~~ \u2028 \u2029 ]]> <!-- \r\n\r\n\0\x1b[31m é😀 \udc80"
)
TRICKY = made(
    HOSTILE,
    [
        finding(HOSTILE, Span(0, 10), "</style><script>alert(3)</script>"),
        finding(HOSTILE, Span(37, 70), "\"'><b onmouseover=alert(4)>\u2028", verdict=Verdict.SUGGEST),
        finding(HOSTILE, Span(len(HOSTILE) - 3, len(HOSTILE)), "", posterior=0.4),
    ],
    "<i>\"x'&.txt",
)


class Reader(HTMLParser):
    """What of a page is elements, attributes, data and visible text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[str] = []
        self.scripts: list[str] = []
        self.texts: dict[str, list[str]] = {"given": [], "meant": []}
        self._open: list[str] = []
        self._side = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "script":
            self._open.append("data" if attributes.get("type") == "application/json" else "script")
        elif tag == "p" and attributes.get("class") in self.texts:
            self._side = attributes["class"] or ""
            self.texts[self._side].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._open.pop()
        elif tag == "p":
            self._side = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            (self.data if self._open[-1] == "data" else self.scripts).append(data)
        elif self._side:
            self.texts[self._side][-1] += data


def written(*given: Report) -> str:
    return "".join(page(given))


def squeezed(text: str) -> str:
    """Visible text, as far as a page can show it."""
    pictures = {code: chr(0x2400 + code) for code in range(32) if code not in (9, 10, 13)} | {127: "\u2421"}
    return "".join(text.translate(pictures).encode("utf-8", "replace").decode().split())


@pytest.mark.parametrize("report", [REPORT, TRICKY], ids=["real", "tricky"])
def test_the_page_carries_both_texts(report: Report) -> None:
    reader = Reader(written(report))
    assert squeezed("".join(reader.texts["given"])) == squeezed(report.text)
    assert squeezed("".join(reader.texts["meant"])) == squeezed(report.patch.apply(report.text))
    assert len(reader.texts["given"]) == len(reader.texts["meant"])


@settings(max_examples=150, deadline=None)
@given(reports())
def test_no_text_breaks_out_of_its_place(report: Report) -> None:
    source = written(report)
    source.encode()
    reader = Reader(source)
    shown = [f for f in report.findings if f.verdict is not Verdict.KEEP]
    usual = {tag for tag, _ in Reader(written(REPORT)).tags} | {"p", "div"}
    assert {tag for tag, _ in reader.tags} <= usual
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on") or name in ("src", "srcdoc")]
    assert len(reader.scripts) == 1
    assert len(reader.data) == (1 if shown else 0)
    assert all(href.startswith("#") for tag, attributes in reader.tags if (href := attributes.get("href") or "#"))
    if shown:
        data = json.loads(reader.data[0])
        assert [f["observed"] for f in data["findings"]] == [f.observed for f in shown]
        pieces = [piece for pair in zip(data["kept"], [*(f.observed for f in shown), ""], strict=True) for piece in pair]
        assert "".join(pieces) == report.text
        assert not re.search("[<>&\u2028\u2029]", reader.data[0])
    assert squeezed("".join(reader.texts["given"])) == squeezed(report.text)


def test_the_page_lets_its_own_script_run_and_nothing_else() -> None:
    source = written(TRICKY)
    reader = Reader(source)
    (policy,) = [a["content"] or "" for tag, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy"]
    sha = base64.b64encode(hashlib.sha256(reader.scripts[0].encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{sha}'" in policy
    assert not re.search(r"https?://|url\(|@import", source)


def test_the_headline_says_how_sure_which_family_and_how_much() -> None:
    source = written(REPORT)
    assert "Almost certainly spun" in source
    assert "news-blog" in source
    assert f"{REPORT.changed_share:.1%}" in source
    assert "no proof of fraud" in source


@pytest.mark.parametrize(
    ("spun", "words"),
    [(0.999, "Almost certainly"), (0.95, "Very probably"), (0.6, "Probably spun"), (0.2, "Perhaps"), (0.01, "No sign that it was spun")],
)
def test_the_headline_goes_with_the_probability(spun: float, words: str) -> None:
    text = "Some folks came."
    report = Report(digest(text), 3, spun, 0.1, (finding(text, Span(5, 10), "people"),), text)
    assert words in written(report)


@pytest.mark.parametrize(("first", "last", "in_part"), [(0, 30, True), (60, 99, True), (0, 60, False), (30, 99, False), (0, 0, False)])
def test_the_headline_says_where_only_a_part_is_spun(first: int, last: int, in_part: bool) -> None:
    text = "word " * 100
    spans = [Span(5 * k, 5 * k + 4) for k in sorted({first, last})]
    source = written(Report(digest(text), 100, 0.999, 0.1, tuple(finding(text, span, "other") for span in spans), text))
    assert ("Almost certainly spun in part</h1>" in source) is in_part
    assert ("Probability that any of it was spun" in source) is in_part


def test_a_clean_text_gets_a_page_too() -> None:
    source = written(detect("It rained all day.\n\nThe children stayed at home.", path="clean.txt"))
    assert "Nothing to restore" in source
    assert Reader(source).texts["given"] == ["It rained all day.", "The children stayed at home."]


def test_several_documents_have_a_list_of_contents() -> None:
    reader = Reader(written(REPORT, TRICKY))
    links = [a["href"] for tag, a in reader.tags if tag == "a" and (a.get("href") or "") in ("#d0", "#d1")]
    assert links == ["#d0", "#d1"]
    assert len(reader.data) == 2
    names = [a["id"] for _, a in reader.tags if a.get("id")]
    assert len(names) == len(set(names))


def test_paragraphs_are_parted_by_blank_lines_or_else_by_line_ends() -> None:
    def parts(text: str) -> list[str]:
        return Reader(written(made(text, [finding(text, Span(0, 3), "One")]))).texts["given"]

    assert parts("one\ntwo\n\n \r\n\nthree\n") == ["one\ntwo", "three\n"]
    assert parts("one\r\ntwo\nthree") == ["one", "two", "three"]
    text = "a b\n\nc d"
    across = made(text, [finding(text, Span(2, 6), "x")])
    assert len(Reader(written(across)).texts["given"]) == 1


def test_a_word_that_goes_to_the_next_line_leaves_nothing_on_this_one() -> None:
    shown = "".join(page([detect("The officers mentioned that folks mis-\nplaced their houses within the Center East.")]))
    assert re.search(r'<span class="change turn" [^>]*>\nlost</span>', shown)
    assert shown.count('class="change turn"') == 1


def test_the_table_counts_each_kind_of_change_once() -> None:
    kinds = kinds_of(REPORT.findings)
    assert sorted(n for members in kinds.values() for n in members) == [*range(len(REPORT.findings))]
    assert [len(m) for m in kinds.values()] == sorted((len(m) for m in kinds.values()), reverse=True)
    text = "Folks and folks and folks"
    same = made(text, [finding(text, Span(0, 5), "People"), finding(text, Span(10, 15), "people"), finding(text, Span(20, 25), "men")])
    assert kinds_of(same.findings) == {("folks", "people"): [0, 1], ("folks", "men"): [2]}


def test_the_strip_says_in_words_where_it_is_dense() -> None:
    text = "It rained all day here. " * 8 + "\n\n" + "Some folks came by. " * 8
    starts = [m.start() for m in re.finditer("folks", text)]
    reader = Reader(written(made(text, [finding(text, Span(at, at + 5), "people") for at in starts])))
    (label,) = [a["aria-label"] or "" for tag, a in reader.tags if a.get("role") == "img"]
    assert "densest about paragraph 2 of 2" in label
    bars = [float(re.findall(r"--v:([\d.]+)", a["style"] or "")[0]) for tag, a in reader.tags if tag == "i" and "data-row" in a]
    half = len(bars) // 2
    assert sum(bars[:half]) < sum(bars[half:]) > 0


def test_html_is_a_format() -> None:
    assert "".join(FORMATS["html"]([REPORT])) == written(REPORT)


# --- in a browser ------------------------------------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium that saves downloads into ``browser.downloads``."""
    selenium = pytest.importorskip("selenium.webdriver", reason="it is in the extra 'browser'")
    if not CHROMIUM or not DRIVER:
        pytest.skip("no Chromium with its driver here")
    folder = tmp_path_factory.mktemp("browser")
    options = selenium.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync", f"user-data-dir={folder / 'profile'}", "window-size=1400,1000",
    ):  # fmt: skip
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=selenium.ChromeService(DRIVER))
    driver.downloads = folder / "downloads"
    driver.downloads.mkdir()
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(driver.downloads)})
    yield driver
    driver.quit()


def opened(browser: Any, folder: Path, *given: Report) -> Any:
    file = folder / "page.html"
    file.write_text(written(*given), encoding="utf-8", newline="")
    browser.get_log("browser")  # what was said before
    browser.get(file.as_uri())
    return browser


def one(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


def click(browser: Any, selector: str) -> None:
    element = one(browser, selector)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
    element.click()


def eventually(browser: Any, holds: Callable[[], bool]) -> bool:
    """Whether ``holds`` becomes true within some seconds."""
    for _ in range(100):
        if holds():
            return True
        browser.execute_async_script("setTimeout(arguments[0], 50)")
    return False


def downloaded(browser: Any, what: str, document: str = "#d0") -> bytes:
    """The file that the button ``what`` saves."""
    for file in browser.downloads.iterdir():
        file.unlink()
    click(browser, f'{document} [data-do="{what}"]')
    for _ in range(200):
        files = [file for file in browser.downloads.iterdir() if not file.name.endswith(".crdownload") and not file.name.startswith(".")]
        if files and files[0].stat().st_size:
            data: bytes = files[0].read_bytes()
            return data
        browser.execute_async_script("setTimeout(arguments[0], 50)")
    raise AssertionError("nothing was saved")


def restored_by(browser: Any, report: Report, document: str = "#d0") -> str:
    """The text after the patch that the page saves, after checks of all that is saved."""
    patch = Patch.from_json(downloaded(browser, "patch", document).decode())
    after = patch.apply(report.text)
    assert revert(after, patch) == report.text
    assert downloaded(browser, "text", document) == after.encode("utf-8", "surrogateescape")
    rows = json.loads(patch.to_json())["corrections"]
    assert [c.id for c in patch.corrections] == [row["id"] for row in rows]
    return after


def test_downloads_are_what_spinfix_itself_would_write(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, REPORT)
    assert Patch.from_json(downloaded(browser, "patch").decode()) == REPORT.patch
    assert restored_by(browser, REPORT) == REPORT.patch.apply(EXAMPLE)
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_a_hostile_text_runs_nothing_and_comes_back_to_the_byte(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, TRICKY)
    assert not browser.execute_script("return document.querySelectorAll('img, b[onmouseover]').length")
    assert restored_by(browser, TRICKY) == TRICKY.patch.apply(HOSTILE)
    click(browser, '.given .change[data-n="1"]')
    assert "onmouseover" in one(browser, "#card-title").text
    click(browser, '[data-do="all"]')
    assert restored_by(browser, TRICKY).count("alert(4)") == 1
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_switches_change_the_text_the_count_and_what_is_saved(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, REPORT)
    number, f = next((n, f) for n, f in enumerate(REPORT.findings) if f.verdict is Verdict.RESTORE and f.alternatives)
    meant = f'.meant .change[data-n="{number}"]'
    accepted = len(REPORT.patch.corrections)
    assert (one(browser, meant).text, one(browser, ".accepted").text) == (f.intended, str(accepted))
    click(browser, f'.given .change[data-n="{number}"]')
    options = browser.find_elements("css selector", "#card .options input")
    assert len(options) == 2 + len(f.alternatives)
    options[0].click()  # as given
    assert (one(browser, meant).text, one(browser, ".accepted").text) == (f.observed, str(accepted - 1))
    assert "off" in one(browser, meant).get_attribute("class")
    assert f"{f.observed} stays" in one(browser, "#said").get_attribute("textContent")
    assert f.id not in {c.id for c in Patch.from_json(downloaded(browser, "patch").decode()).corrections}
    click(browser, f'.given .change[data-n="{number}"]')
    browser.find_elements("css selector", "#card .options input")[2].click()  # another candidate
    other = f.alternatives[0].intended
    assert one(browser, meant).text == other
    assert (f.span, other) in {(c.span, c.after) for c in Patch.from_json(downloaded(browser, "patch").decode()).corrections}
    click(browser, '[data-do="reset"]')
    assert restored_by(browser, REPORT) == REPORT.patch.apply(EXAMPLE)
    click(browser, '[data-do="none"]')
    assert restored_by(browser, REPORT) == EXAMPLE
    click(browser, '[data-do="all"]')
    assert one(browser, ".accepted").text == str(len(REPORT.findings))


def test_the_table_switches_all_of_a_kind(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, REPORT)
    (observed, intended), members = next(iter(kinds_of(REPORT.findings).items()))
    assert len(members) > 1
    box = one(browser, 'input[data-kind="0"]')
    was = box.is_selected()
    click(browser, 'input[data-kind="0"]')
    for n in members:
        text = one(browser, f'.meant .change[data-n="{n}"]').text.lower()
        assert text == (observed if was else intended)
    click(browser, f'.given .change[data-n="{members[0]}"]')
    browser.find_elements("css selector", "#card .options input")[1 if was else 0].click()
    assert browser.execute_script("return arguments[0].indeterminate", box)


def test_the_keyboard_is_enough(browser: Any, tmp_path: Path) -> None:
    keys = pytest.importorskip("selenium.webdriver.common.keys").Keys
    opened(browser, tmp_path, REPORT)
    click(browser, '[data-do="next"]')

    def focused() -> Any:
        return browser.switch_to.active_element

    assert focused().get_attribute("data-n") == "0"
    assert focused().get_attribute("role") == "button"
    focused().send_keys("r")
    first = REPORT.findings[0]
    assert one(browser, '.meant .change[data-n="0"]').text == first.observed
    assert "rejected" in focused().get_attribute("aria-label")
    focused().send_keys("a")
    assert one(browser, '.meant .change[data-n="0"]').text == first.intended
    focused().send_keys("n")
    assert focused().get_attribute("data-n") == "1"
    focused().send_keys("p")
    focused().send_keys(keys.ENTER)
    assert one(browser, "#card").is_displayed()
    assert focused().get_attribute("name") == "candidate"
    focused().send_keys(keys.ARROW_UP)
    assert one(browser, '.meant .change[data-n="0"]').text == first.observed
    assert focused().get_attribute("name") == "candidate"
    focused().send_keys(keys.ESCAPE)
    assert not one(browser, "#card").is_displayed()
    assert focused().get_attribute("data-n") == "0"
    focused().send_keys("p")
    assert focused().get_attribute("data-n") == str(len(REPORT.findings) - 1)


def test_pointing_is_enough_to_see_the_reasons(browser: Any, tmp_path: Path) -> None:
    chains = pytest.importorskip("selenium.webdriver").ActionChains
    opened(browser, tmp_path, REPORT)
    number, f = next((n, f) for n, f in enumerate(REPORT.findings) if f.evidence)
    card = one(browser, "#card")
    chains(browser).move_to_element(one(browser, f'.meant .change[data-n="{number}"]')).perform()
    assert eventually(browser, card.is_displayed)
    assert f.source in card.text
    assert all(e.reason in card.text for e in f.evidence)
    assert "lit" in one(browser, f'.given .change[data-n="{number}"]').get_attribute("class")
    chains(browser).move_to_element(one(browser, ".headline")).perform()
    assert eventually(browser, lambda: not card.is_displayed())


def test_everything_that_can_be_reached_has_a_name(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, REPORT, TRICKY)
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    nameless = [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored")
        and node.get("role", {}).get("value") in ("button", "checkbox", "radio", "link", "dialog", "region", "image")
        and not node.get("name", {}).get("value")
    ]
    assert not nameless


@pytest.mark.parametrize("width", [320, 400, 1400])
def test_nothing_runs_out_of_the_window(browser: Any, tmp_path: Path, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        opened(browser, tmp_path, REPORT, TRICKY)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        click(browser, '.given .change[data-n="3"]')
        box = browser.execute_script("return document.getElementById('card').getBoundingClientRect().toJSON()")
        assert 0 <= box["left"] < box["right"] <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_on_a_phone_the_reasons_do_not_cover_what_they_speak_of(browser: Any, tmp_path: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 400, "height": 900, "deviceScaleFactor": 1, "mobile": True})
    try:
        opened(browser, tmp_path, REPORT)
        change = one(browser, '.given .change[data-n="9"]')
        browser.execute_script("arguments[0].scrollIntoView({block: 'end', behavior: 'instant'})", change)
        change.click()
        where = "const [c, s] = [arguments[0].getBoundingClientRect(), document.getElementById('card').getBoundingClientRect()];"
        assert eventually(browser, lambda: browser.execute_script(f"{where} return 0 <= c.top && c.bottom <= s.top", change))
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_on_paper_the_table_says_what_is_left_alone(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, REPORT)
    said = "return [...document.querySelectorAll('.kinds tbody td:nth-child(3)')].map(c => getComputedStyle(c, '::after').content)"
    assert set(browser.execute_script(said)) == {"none"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        boxes = browser.execute_script("return [...document.querySelectorAll('.kinds tbody input')].map(b => b.checked || b.indeterminate)")
        assert [(" (left alone)" in content) for content in browser.execute_script(said)] == [not box for box in boxes]
        assert len(set(boxes)) == 2
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_both_colour_schemes_can_be_read(browser: Any, tmp_path: Path) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        opened(browser, tmp_path, REPORT)
        for selector in ("body", ".path", ".legend", "button.main", "td:nth-child(6)"):
            contrast = browser.execute_script(CONTRAST, one(browser, selector))
            assert contrast >= 4.5, f"{scheme}: {selector} has a contrast of {contrast:.1f}"
        grounds.add(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


CONTRAST = """
const light = (color) => {
  const part = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map((v) => v / 255);
  const [r, g, b] = part.map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
let ground = arguments[0];
while (/^rgba\\(0, 0, 0, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
const pair = [light(getComputedStyle(arguments[0]).color), light(getComputedStyle(ground).backgroundColor)].sort((a, b) => b - a);
return (pair[0] + 0.05) / (pair[1] + 0.05);
"""


def test_the_digest_in_the_page_is_sha_256(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, REPORT)
    for text in ("", "abc", "é😀\u2028", "x" * 55, "x" * 56, "x" * 63, "x" * 64, "x" * 119, "ab" * 5000):
        found = browser.execute_script("return spinfix.sha256(spinfix.utf8(arguments[0]))", text)
        assert found == digest(text)

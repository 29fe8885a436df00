"use strict";
// Everything here works on what stands in the page: no network, no storage, and no HTML made from text.
(() => {
  const KEPT = -1; // the choice to leave a place as it is; others count the candidates
  const card = document.getElementById("card");
  const said = document.getElementById("said");

  // --- SHA-256: crypto.subtle is not there for a page that was opened from a file -------------------------------------------------

  const ROUND = new Uint32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
  const START = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ];

  function sha256(bytes) {
    const length = bytes.length;
    const padded = new Uint8Array(((length + 72) >> 6) << 6);
    padded.set(bytes);
    padded[length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
    view.setUint32(padded.length - 4, (length << 3) >>> 0);
    const state = Uint32Array.from(START);
    const w = new Uint32Array(64);
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let block = 0; block < padded.length; block += 64) {
      for (let t = 0; t < 16; t++) w[t] = view.getUint32(block + 4 * t);
      for (let t = 16; t < 64; t++) {
        const s0 = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ (w[t - 15] >>> 3);
        const s1 = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ (w[t - 2] >>> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < 64; t++) {
        const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
        const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[t] + w[t]) | 0;
        const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
        const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
      }
      [a, b, c, d, e, f, g, h].forEach((value, k) => { state[k] += value; });
    }
    return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  // UTF-8.  A byte of the file that was no text is a lone surrogate from dc80 to dcff here: in the file it is that byte again
  // (`asFile`), in a digest it is written as spinfix does, like any character.
  function utf8(text, asFile) {
    const bytes = [];
    for (const character of text) {
      const code = character.codePointAt(0);
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (asFile && code >= 0xdc80 && code <= 0xdcff) bytes.push(code & 0xff);
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return Uint8Array.from(bytes);
  }

  // --- small things -----------------------------------------------------------------------------------------------------------------

  function make(name, properties = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  const plain = (text) => text.replace(/\s+/g, " ").trim();

  // by letters that are no text: what a browser cannot show becomes U+FFFD, as in the page itself
  const visible = (text) => Array.from(text, (c) => (/^[\ud800-\udfff]$/.test(c) ? "\ufffd" : c)).join("");

  function save(name, bytes, type) {
    const url = URL.createObjectURL(new Blob([bytes], { type }));
    const link = make("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  // --- one document of the page ---------------------------------------------------------------------------------------------------

  class Sheet {
    constructor(root) {
      this.root = root;
      this.data = JSON.parse(root.querySelector("script.data").textContent);
      this.found = this.data.findings;
      this.choices = this.found.map((f) => (f.restore ? 0 : KEPT));
      this.spans = this.found.map(() => ({}));
      for (const span of root.querySelectorAll(".change[data-n]")) {
        this.spans[span.dataset.n][span.closest("p").className] = span;
      }
      this.kinds = this.data.kinds;
      this.kindOf = [];
      this.kinds.forEach((members, kind) => members.forEach((n) => { this.kindOf[n] = kind; }));
      this.boxes = [...root.querySelectorAll("input[data-kind]")];
      this.last = -1;
      this.listen();
      this.kinds.forEach((_, kind) => this.showKind(kind));
    }

    // the text that stands at a place under the choice that was made there
    written(n) {
      const f = this.found[n];
      return this.choices[n] === KEPT ? f.observed : f.candidates[this.choices[n]].intended;
    }

    choose(members, choice, word) {
      for (const n of members) {
        this.choices[n] = choice;
        this.show(n);
      }
      new Set(members.map((n) => this.kindOf[n])).forEach((kind) => this.showKind(kind));
      this.root.querySelector(".accepted").textContent = this.choices.filter((k) => k !== KEPT).length;
      if (word) said.textContent = word;
    }

    chooseOne(n, choice) {
      const observed = plain(this.found[n].observed);
      const word = choice === KEPT ? `${observed} stays` : `${observed} becomes ${this.found[n].candidates[choice].intended}`;
      this.choose([n], choice, word);
      if (!card.hidden && card.sheet === this && card.n === n) showCard(this, n, true);
    }

    show(n) {
      const f = this.found[n];
      const on = this.choices[n] !== KEPT;
      const posterior = f.candidates[Math.max(this.choices[n], 0)].posterior;
      const { given, meant } = this.spans[n];
      for (const span of [given, meant]) {
        span.classList.toggle("off", !on);
        span.style.setProperty("--p", posterior);
      }
      meant.textContent = visible(this.written(n));
      meant.classList.toggle("turn", meant.textContent !== meant.textContent.trim());
      const intended = f.candidates[Math.max(this.choices[n], 0)].intended || "nothing";
      const percent = Math.round(100 * posterior);
      given.setAttribute("aria-label", `${plain(f.observed)}: ${intended} was meant, ${percent}%, ${on ? "accepted" : "rejected"}`);
    }

    showKind(kind) {
      const taken = this.kinds[kind].filter((n) => this.choices[n] !== KEPT).length;
      this.boxes[kind].checked = taken === this.kinds[kind].length;
      this.boxes[kind].indeterminate = taken > 0 && taken < this.kinds[kind].length;
    }

    go(n) {
      const count = this.found.length;
      this.last = ((n % count) + count) % count;
      const span = this.spans[this.last].given;
      const target = span.offsetParent === null ? this.spans[this.last].meant : span;
      target.scrollIntoView({ block: "center" });
      target.focus({ preventScroll: true });
    }

    restoredText() {
      return this.data.kept.map((piece, n) => piece + (n < this.found.length ? this.written(n) : "")).join("");
    }

    patch() {
      const corrections = [];
      this.found.forEach((f, n) => {
        const after = this.written(n);
        if (after === f.observed) return;
        const id = sha256(utf8(`${f.start}\0${f.observed}\0${after}`)).slice(0, 8);
        corrections.push({ id, start: f.start, end: f.end, before: f.observed, after });
      });
      const after = sha256(utf8(this.restoredText()));
      return `${JSON.stringify({ spinfix_patch: 1, sha256_before: this.data.sha256, sha256_after: after, corrections }, null, 1)}\n`;
    }

    fileName() {
      const name = this.data.path.split(/[\\/]/).pop();
      return visible(name === "-" || !name ? "text.txt" : name);
    }

    act(what) {
      const everywhere = this.found.map((_, n) => n);
      if (what === "next" || what === "previous") this.go(this.last + (what === "next" ? 1 : this.last < 0 ? 0 : -1));
      else if (what === "all") this.choose(everywhere, 0, "All changes are accepted");
      else if (what === "none") this.choose(everywhere, KEPT, "All changes are rejected");
      else if (what === "reset") {
        this.found.forEach((f, n) => this.choose([n], f.restore ? 0 : KEPT));
        said.textContent = "All changes are as spinfix found them";
      } else if (what === "text") save(this.fileName(), utf8(this.restoredText(), true), "text/plain");
      else if (what === "patch") save(`${this.fileName()}.spinfix.json`, utf8(this.patch()), "application/json");
    }

    listen() {
      const { root } = this;
      if (!this.data.exact) {
        for (const button of root.querySelectorAll('[data-do="text"], [data-do="patch"]')) {
          button.disabled = true;
          button.title = "This text holds what a browser cannot keep apart; use spinfix itself";
        }
      }
      root.addEventListener("click", (event) => {
        const button = event.target.closest("[data-do]");
        const span = event.target.closest(".change[data-n]");
        const bar = event.target.closest("[data-row]"); // for the pointer only: others have the changes and the table
        if (button) this.act(button.dataset.do);
        else if (bar) document.getElementById(bar.dataset.row).scrollIntoView({ block: "center" });
        else if (span) {
          this.last = Number(span.dataset.n);
          showCard(this, this.last, true, span);
        }
      });
      root.addEventListener("change", (event) => {
        const { kind } = event.target.dataset;
        if (event.target.name === `${root.id}-view`) root.dataset.view = event.target.value;
        else if (kind !== undefined) {
          const on = event.target.checked;
          this.choose(this.kinds[kind], on ? 0 : KEPT, `${this.kinds[kind].length} ${on ? "accepted" : "rejected"}`);
        }
      });
      root.addEventListener("mouseover", (event) => {
        const span = event.target.closest(".change[data-n]");
        if (span) point(this, Number(span.dataset.n), span);
      });
      root.addEventListener("mouseout", (event) => {
        if (event.target.closest(".change[data-n]")) leave();
      });
      root.addEventListener("focusin", (event) => {
        const span = event.target.closest(".change[data-n]");
        if (!span) return;
        this.last = Number(span.dataset.n);
        if (span.matches(":focus-visible")) showCard(this, this.last, false, span);
      });
      root.addEventListener("keydown", (event) => {
        const span = event.target.closest(".change[data-n]");
        if (!span || event.ctrlKey || event.metaKey || event.altKey) return;
        const n = Number(span.dataset.n);
        const keys = {
          a: () => this.chooseOne(n, 0),
          r: () => this.chooseOne(n, KEPT),
          n: () => this.go(n + 1),
          p: () => this.go(n - 1),
          Enter: () => { showCard(this, n, true, span); focusCard(); },
        };
        keys[" "] = keys.Enter;
        if (!keys[event.key]) return;
        event.preventDefault();
        keys[event.key]();
      });
    }
  }

  // --- the card: candidates and reasons of one change --------------------------------------------------------------------------------

  let timer = 0;

  function lit(on) {
    if (card.sheet) for (const span of Object.values(card.sheet.spans[card.n])) span.classList.toggle("lit", on);
  }

  function point(sheet, n, span) {
    clearTimeout(timer);
    if (card.pinned && !card.hidden) return;
    timer = setTimeout(() => showCard(sheet, n, false, span), 120);
  }

  function leave() {
    clearTimeout(timer);
    if (!card.pinned) timer = setTimeout(hideCard, 250);
  }

  function hideCard() {
    lit(false);
    card.hidden = true;
    card.pinned = false;
    card.sheet = null;
  }

  function focusCard() {
    const checked = card.querySelector("input:checked");
    if (checked) checked.focus();
  }

  function bar(share, name) {
    const meter = make("span", { className: "meter", ariaHidden: "true" }, make("i", { className: name || "" }));
    meter.firstChild.style.width = `${Math.min(100, 100 * share)}%`;
    return meter;
  }

  function showCard(sheet, n, pinned, anchor) {
    clearTimeout(timer);
    const f = sheet.found[n];
    const inside = card.contains(document.activeElement);
    lit(false);
    Object.assign(card, { sheet, n, pinned: pinned || (card.pinned && card.n === n && card.sheet === sheet) });
    if (anchor) card.anchor = anchor;
    lit(true);

    const options = make("fieldset", { className: "options" }, make("legend", { className: "unseen" }, "What stands here"));
    const left = Math.max(0, 1 - f.candidates.reduce((sum, c) => sum + c.posterior, 0));
    const rows = [{ label: f.observed, posterior: left, choice: KEPT }];
    f.candidates.forEach((c, choice) => rows.push({ label: c.intended, posterior: c.posterior, choice }));
    for (const row of rows) {
      const input = make("input", { type: "radio", name: "candidate", checked: sheet.choices[n] === row.choice });
      input.addEventListener("change", () => sheet.chooseOne(n, row.choice));
      const name = make("span", { className: "name" }, plain(visible(row.label)) || "nothing");
      if (row.choice === KEPT) name.append(make("small", {}, " as given"));
      options.append(make("label", {}, input, name, bar(row.posterior), make("span", { className: "number" }, row.posterior.toFixed(2))));
    }

    const reasons = make("ul", { className: "reasons", ariaLabel: "Reasons, in nats; above zero they speak for the change" });
    for (const e of f.evidence) {
      const sign = e.log_odds < 0 ? "\u2212" : "+";
      const amount = make("span", { className: "number" }, `${sign}${Math.abs(e.log_odds).toFixed(1)}`);
      reasons.append(make("li", { className: e.log_odds < 0 ? "against" : "for" }, amount, bar(Math.abs(e.log_odds) / 10), make("span", {}, visible(e.reason))));
    }

    const close = make("button", { type: "button", className: "close", ariaLabel: "Close" }, "\u00d7");
    close.addEventListener("click", () => back());
    const members = sheet.kinds[sheet.kindOf[n]];
    const foot = make("div", { className: "foot" }, make("span", { className: "quiet" }, `${visible(f.source)} \u00b7 ${f.id}`));
    if (members.length > 1) {
      for (const [label, choice] of [[`Accept all ${members.length}`, 0], [`Reject all ${members.length}`, KEPT]]) {
        const button = make("button", { type: "button" }, label);
        button.addEventListener("click", () => {
          sheet.choose(members, choice, `${members.length} ${choice === KEPT ? "rejected" : "accepted"}`);
          showCard(sheet, n, true);
        });
        foot.append(button);
      }
    }
    const title = make("p", { className: "title", id: "card-title" }, make("del", {}, plain(visible(f.observed))), " \u2192 ", make("ins", {}, visible(f.candidates[0].intended) || "nothing"));
    card.replaceChildren(title, close, options, reasons, foot);
    card.hidden = false;
    if (inside) focusCard();
    place();
  }

  function place() {
    const spot = card.anchor && card.anchor.getClientRects()[0];
    if (!spot) return;
    const { offsetWidth: width, offsetHeight: height } = card;
    if (getComputedStyle(card).position === "fixed") {
      // a sheet over the lower part of a small window: what it speaks of is to be seen above
      const covered = spot.bottom + 8 + height - innerHeight;
      if (covered > 0) scrollBy({ top: Math.min(covered, spot.top - 8) });
      return;
    }
    const below = spot.bottom + 8 + height <= innerHeight || spot.top < height + 16;
    const top = below ? spot.bottom + 8 : spot.top - height - 8;
    const left = Math.max(8, Math.min(spot.left, document.documentElement.clientWidth - width - 8));
    card.style.top = `${top + scrollY}px`;
    card.style.left = `${left + scrollX}px`;
  }

  // close the card, and go back to where it was opened
  function back() {
    const { anchor } = card;
    const inside = card.contains(document.activeElement);
    hideCard();
    if (inside && anchor) (anchor.tabIndex >= 0 ? anchor : document.body).focus({ preventScroll: true });
    hideCard();
  }

  card.addEventListener("mouseenter", () => clearTimeout(timer));
  card.addEventListener("mouseleave", leave);
  card.addEventListener("focusin", () => { card.pinned = true; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !card.hidden) back(); });
  document.addEventListener("click", (event) => {
    if (!card.hidden && event.target.isConnected && !card.contains(event.target) && !event.target.closest(".change[data-n]")) hideCard();
  });
  document.addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    if (!card.pinned && !card.hidden && to && !card.contains(to) && !to.closest(".change[data-n]")) hideCard();
  });

  document.documentElement.classList.add("live");
  const sheets = [...document.querySelectorAll("article.document")].filter((root) => root.querySelector("script.data"));
  window.spinfix = { sheets: sheets.map((root) => new Sheet(root)), sha256, utf8 };
})();

"use strict";
(function () {
  var PAGE = 25;
  var doc = document, form = doc.getElementById("filter");
  doc.documentElement.classList.add("scripted");

  // A list shows its first entries; a button below it shows more of them.
  function list(box, entries) {
    var l = { box: box, entries: entries, limit: PAGE, match: entries };
    l.bar = doc.createElement("p");
    l.bar.className = "pager";
    [["Show more", function () { l.limit += 100; }], ["Show all", function () { l.limit = Infinity; }]].forEach(function (kind) {
      var b = doc.createElement("button");
      b.type = "button";
      b.textContent = kind[0];
      b.addEventListener("click", function () {
        var next = l.match[l.limit];
        kind[1]();
        show(l);
        if (next) { (next.querySelector("summary,a[href]") || next).focus(); }
      });
      l.bar.appendChild(b);
    });
    l.rest = doc.createElement("span");
    l.bar.appendChild(l.rest);
    (box.tagName === "TBODY" ? box.closest(".scroll") : box.lastElementChild || box).after(l.bar);
    return l;
  }
  function show(l) {
    var all = l.entries.filter(function (e) { return e.matches_; }).length, n = 0;
    if (all <= l.limit + 10) { l.limit = Infinity; } // a button for a few is a nuisance
    l.entries.forEach(function (e) { e.hidden = !e.matches_ || n++ >= l.limit; });
    var rest = n - Math.min(n, l.limit);
    l.bar.hidden = rest === 0;
    l.rest.textContent = rest + " more of " + n;
  }
  function words(e) {
    if (e.words_ === undefined) { e.words_ = (e.textContent + " " + e.dataset.rule + " " + e.dataset.severity).toLowerCase(); }
    return e.words_;
  }

  var tables = Array.from(doc.querySelectorAll("tbody[data-page]"), function (t) {
    var l = list(t, Array.from(t.rows));
    l.entries.forEach(function (e) { e.matches_ = true; e.tabIndex = -1; });
    return l;
  });
  var groups = Array.from(doc.querySelectorAll(".rule"), function (g) {
    return list(g.querySelector(".list"), Array.from(g.querySelectorAll(".finding")));
  });
  tables.forEach(show);

  function wanted() {
    var w = { q: "", severity: "", rule: "", account: "" };
    new FormData(form).forEach(function (v, k) { w[k] = String(v); });
    return w;
  }
  function apply() {
    var w = wanted(), total = 0, all = 0;
    var q = w.q.toLowerCase().split(/\s+/).filter(Boolean);
    groups.forEach(function (l) {
      l.match = l.entries.filter(function (e) {
        e.matches_ = (!w.severity || e.dataset.severity === w.severity) && (!w.rule || e.dataset.rule === w.rule) &&
          (!w.account || e.dataset.account === w.account) && q.every(function (x) { return words(e).indexOf(x) >= 0; });
        return e.matches_;
      });
      all += l.entries.length;
      total += l.match.length;
      l.limit = PAGE;
      show(l);
      l.box.closest(".rule").hidden = l.match.length === 0;
    });
    doc.querySelectorAll(".level").forEach(function (s) { s.hidden = !s.querySelector(".rule:not([hidden])"); });
    doc.getElementById("shown").textContent = total === all ? "Showing all " + all + " findings." : "Showing " + total + " of " + all + " findings.";
    doc.getElementById("nothing").hidden = total > 0;
  }
  function remember() {
    var w = wanted(), p = new URLSearchParams();
    Object.keys(w).forEach(function (k) { if (w[k]) { p.set(k, w[k]); } });
    var s = p.toString();
    try { history.replaceState(null, "", s ? "#" + s : "#findings"); } catch (e) { /* the filter works without */ }
  }

  function set(p) {
    ["q", "severity", "rule", "account"].forEach(function (k) { form.elements[k].value = p.get(k) || ""; });
    apply();
  }

  // An address like #severity=high&q=admin sets the filter, one like #f-1234
  // opens that finding, wherever the filter and the pages have put it.
  function follow() {
    var h = location.hash.slice(1);
    if (h.indexOf("=") > 0) {
      set(new URLSearchParams(h));
      doc.getElementById("findings").scrollIntoView();
      return;
    }
    var e = h && doc.getElementById(h);
    if (!e) { return; }
    var part = e.closest(".finding,.rule,.level");
    if (part && part.hidden && !part.matches_) { set(new URLSearchParams()); }
    groups.concat(tables).forEach(function (l) {
      if (e.closest("[hidden]") && l.box.contains(e)) { l.limit = Infinity; show(l); }
    });
    for (var d = e; d; d = d.parentElement) { if (d.tagName === "DETAILS") { d.open = true; } }
    e.scrollIntoView();
    var s = e.querySelector("summary");
    if (s) { s.focus({ preventScroll: true }); }
  }

  if (form) {
    form.hidden = false;
    var timer;
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(function () { apply(); remember(); }, 120); });
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    form.addEventListener("reset", function () { setTimeout(function () { apply(); remember(); }, 0); });
    doc.getElementById("open-all").addEventListener("click", function () {
      doc.querySelectorAll(".finding:not([hidden])").forEach(function (e) { e.open = true; });
    });
    apply();
    window.addEventListener("hashchange", follow);
    follow();
  }

  // Paper has no buttons: print what the filter admits, in full.
  var closed = [];
  window.addEventListener("beforeprint", function () {
    groups.concat(tables).forEach(function (l) { l.was = l.limit; l.limit = Infinity; show(l); });
    closed = Array.from(doc.querySelectorAll("details:not([open])"));
    closed.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (d) { d.open = false; });
    groups.concat(tables).forEach(function (l) { l.limit = l.was; show(l); });
  });
})();

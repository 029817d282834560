"use strict";
(function () {
  var PAGE = 25;
  var doc = document, form = doc.getElementById("filter");
  doc.documentElement.classList.add("scripted");

  // Where scripts run, what is in a noscript element is one piece of text to the
  // browser, and so costs next to nothing until it is made real here. Where none
  // run, it is simply there. An entry of a list is made real when it is shown,
  // and what is below its summary when it is opened.
  var maker = doc.createElement("template");
  function make(html) {
    maker.innerHTML = html;
    return maker.content;
  }
  function real(e) {
    if (e.node.tagName !== "NOSCRIPT") { return e.node; }
    var text = e.node.textContent, end = text.indexOf("</summary>") + "</summary>".length;
    var d = make(text.slice(0, end)).firstElementChild, rest = doc.createElement("noscript");
    rest.textContent = text.slice(end);
    d.appendChild(rest);
    d.id = e.node.id;
    Object.assign(d.dataset, e.node.dataset);
    words(e);
    e.node.replaceWith(d);
    e.node = d;
    return d;
  }
  function fill(d) {
    var n = d.tagName === "DETAILS" && d.lastElementChild;
    if (!n || n.tagName !== "NOSCRIPT") { return; }
    n.replaceWith(make(n.textContent));
    adopt(d);
  }
  function open(d) {
    fill(d);
    d.open = true;
  }
  doc.addEventListener("click", function (e) {
    var s = e.target.closest && e.target.closest("summary");
    if (s) { fill(s.parentElement); }
  }, true);
  doc.addEventListener("toggle", function (e) { fill(e.target); }, true);

  // A list shows its first entries; a button below it shows more of them.
  function list(box, nodes) {
    var l = { box: box, limit: PAGE, entries: Array.from(nodes, function (n) { return { node: n, data: n.dataset, matches: true }; }) };
    l.match = l.entries;
    l.bar = doc.createElement("p");
    l.bar.className = "pager";
    l.bar.hidden = true;
    l.rest = doc.createElement("span");
    (box.tagName === "TBODY" ? box.closest(".scroll") : box).after(l.bar);
    return l;
  }
  function buttons(l) {
    [["Show more", function () { l.limit += 100; }], ["Show all", function () { l.limit = Infinity; }]].forEach(function (kind) {
      var b = doc.createElement("button");
      b.type = "button";
      b.textContent = kind[0];
      b.addEventListener("click", function () {
        var next = l.match[l.limit];
        kind[1]();
        show(l);
        if (next) { (next.node.querySelector("summary,a[href]") || next.node).focus(); }
      });
      l.bar.appendChild(b);
    });
    l.bar.appendChild(l.rest);
  }
  function show(l) {
    if (l.match.length <= l.limit + 10) { l.limit = Infinity; } // a button for a few is a nuisance
    var n = 0;
    l.entries.forEach(function (e) {
      var seen = e.matches && n++ < l.limit;
      if (seen) { real(e).hidden = false; } else if (e.node.tagName !== "NOSCRIPT") { e.node.hidden = true; }
    });
    var rest = n - Math.min(n, l.limit);
    if (rest && !l.bar.firstChild) { buttons(l); }
    l.bar.hidden = rest === 0;
    l.rest.textContent = rest + " more of " + n;
  }
  var ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": "\"", "&#39;": "'", "&#43;": "+" };
  function words(e) {
    if (e.words === undefined) {
      var text = e.node.textContent;
      if (e.node.tagName === "NOSCRIPT") {
        text = text.replace(/<[^>]*>/g, "").replace(/&(amp|lt|gt|#34|#39|#43);/g, function (x) { return ENTITIES[x]; });
      }
      e.words = (text + " " + e.data.rule + " " + e.data.severity).toLowerCase();
    }
    return e.words;
  }

  // The tables and lists within an element get their pages.
  var others = [], groups = [];
  function adopt(root) {
    root.querySelectorAll("tbody[data-page]").forEach(function (t) {
      var l = list(t, t.rows);
      l.entries.forEach(function (e) { e.node.tabIndex = -1; });
      others.push(l);
      show(l);
    });
  }
  adopt(doc);
  doc.querySelectorAll(".list").forEach(function (box) {
    var l = list(box, box.children);
    l.rule = box.closest(".rule");
    (l.rule ? groups : others).push(l);
  });
  // What an account holds is made real when the account is opened.
  doc.addEventListener("toggle", function (e) {
    if (e.target.open) { others.forEach(function (l) { if (l.box.parentElement === e.target) { show(l); } }); }
  }, true);

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
        e.matches = (!w.severity || e.data.severity === w.severity) && (!w.rule || e.data.rule === w.rule) &&
          (!w.account || e.data.account === w.account) && q.every(function (x) { return words(e).indexOf(x) >= 0; });
        return e.matches;
      });
      all += l.entries.length;
      total += l.match.length;
      l.limit = PAGE;
      show(l);
      l.rule.hidden = l.match.length === 0;
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
    var holder = groups.concat(others).find(function (l) { return l.box.contains(e); });
    var filtered = holder && holder.entries.some(function (x) { return x.node === e && !x.matches; });
    if (filtered || e.closest(".rule[hidden],.level[hidden]")) { set(new URLSearchParams()); }
    if (holder) {
      holder.limit = Infinity;
      show(holder);
      e = doc.getElementById(h); // it may have become real
    }
    for (var d = e; d; d = d.parentElement) { if (d.tagName === "DETAILS") { open(d); } }
    e.scrollIntoView();
    var s = e.tagName === "DETAILS" && e.querySelector("summary");
    if (s) { s.focus({ preventScroll: true }); }
  }

  if (form) {
    form.hidden = false;
    var timer;
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(function () { apply(); remember(); }, 120); });
    form.addEventListener("submit", function (e) { e.preventDefault(); });
    form.addEventListener("reset", function () { setTimeout(function () { apply(); remember(); }, 0); });
    doc.getElementById("open-all").addEventListener("click", function () {
      doc.querySelectorAll(".finding:not([hidden])").forEach(open);
    });
    apply();
    window.addEventListener("hashchange", follow);
    follow();
  }

  // Paper has no buttons: print what the filter admits, in full.
  var closed = [];
  window.addEventListener("beforeprint", function () {
    doc.querySelectorAll("details").forEach(fill);
    groups.concat(others).forEach(function (l) { l.was = l.limit; l.limit = Infinity; show(l); });
    closed = Array.from(doc.querySelectorAll("details:not([open])"));
    closed.forEach(open);
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (d) { d.open = false; });
    groups.concat(others).forEach(function (l) { l.limit = l.was; show(l); });
  });
})();

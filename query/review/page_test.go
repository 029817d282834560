package review

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pageOf writes the page of a report to a file.
func pageOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, "html", r); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "review.html")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const visible = `Array.from(document.querySelectorAll('.finding')).filter(e => e.offsetParent !== null).length`

// TestPageAddresses: the filter works by address, and pages of a long list too.
func TestPageAddresses(t *testing.T) {
	b := newBrowser(t)
	r := sampleReport(1000)
	file := pageOf(t, r)
	target := r.Findings[876]
	for _, c := range []struct {
		hash, shown string
		visible     int
	}{
		{"", "Showing all 1000 findings.", 125},
		{"#rule=" + target.Rule, "Showing 200 of 1000 findings.", 25},
		{"#q=r00876", "Showing 1 of 1000 findings.", 1},
		{"#q=R00876+" + strings.ToUpper(target.Rule) + "&account=" + target.Account, "Showing 1 of 1000 findings.", 1},
		{"#q=nothing-is-called-so", "Showing 0 of 1000 findings.", 0},
		{"#" + anchorOf(target.Fingerprint, 0), "Showing all 1000 findings.", 300},
	} {
		t.Run(c.hash, func(t *testing.T) {
			b.t = t
			b.open("file://" + file + c.hash)
			b.want(`document.getElementById('shown').textContent`, c.shown)
			b.want(visible, c.visible)
		})
	}
	b.t = t
	b.quiet(file)
}

// TestPageIsUsed filters, searches, opens a path and prints, by mouse and by
// keyboard.
func TestPageIsUsed(t *testing.T) {
	b := newBrowser(t)
	r := sampleReport(300)
	file := pageOf(t, r)
	b.open("file://" + file)

	// Filter by severity, then search within that.
	b.eval(`(() => { const s = document.getElementById('severity'); s.value = 'high'; s.dispatchEvent(new Event('input', { bubbles: true })) })()`)
	b.wait(`document.getElementById('shown').textContent == 'Showing 120 of 300 findings.'`)
	b.want(`Array.from(document.querySelectorAll('.finding')).every(e => e.offsetParent === null || e.dataset.severity == 'high')`, true)
	b.eval(`document.getElementById('q').focus()`)
	b.call("Input.insertText", map[string]any{"text": "r00205"}, nil)
	b.wait(`document.getElementById('shown').textContent == 'Showing 1 of 300 findings.'`)
	b.want(visible, 1)
	b.want(`location.hash`, "#q=r00205&severity=high")

	// Open it with the keyboard: its path is drawn, and its statements are there.
	const one = `Array.from(document.querySelectorAll('.finding')).find(e => e.offsetParent !== null)`
	b.eval(one + `.querySelector('summary').focus()`)
	b.press("Enter", 13)
	b.wait(one + `.open`)
	b.want(one+`.querySelectorAll('svg g.goal').length`, 1)
	b.want(one+`.querySelector('svg').getBoundingClientRect().height > 40`, true)
	b.want(one+`.querySelector('svg').getAttribute('aria-label').length > 10`, true)
	b.want(one+`.querySelector('.evidence').textContent.includes('a.json:206:3')`, true)

	// Clear the filter.
	b.eval(`document.querySelector('#filter [type=reset]').click()`)
	b.wait(`document.getElementById('shown').textContent == 'Showing all 300 findings.'`)

	// Print: what was closed is printed, and closed again afterwards.
	before := b.eval(`document.querySelectorAll('details[open]').length`)
	b.eval(`window.addEventListener('beforeprint', () => { window.printed = document.querySelectorAll('.finding[open]:not([hidden])').length })`)
	var pdf struct{ Data string }
	b.call("Page.printToPDF", map[string]any{"printBackground": true}, &pdf)
	raw, err := base64.StdEncoding.DecodeString(pdf.Data)
	if err != nil || !bytes.HasPrefix(raw, []byte("%PDF-")) || len(raw) < 50_000 {
		t.Errorf("the print has %d bytes, %v", len(raw), err)
	}
	b.want(`window.printed`, 300)
	b.want(`document.querySelectorAll('details[open]').length`, before)

	// The first stop of the Tab key leads past the navigation.
	b.open("file://" + file)
	b.press("Tab", 9)
	b.want(`document.activeElement.className`, "skip")
	b.quiet(file)
}

// TestPageHostile: names are text, whatever they are, and do not break the page.
func TestPageHostile(t *testing.T) {
	b := newBrowser(t)
	r := sampleReport(200)
	for i := range r.Findings {
		r.Findings[i].Subject += strings.Repeat("x", 512) + "😀\u05d0\u202e<script>window.owned=1</script>"
		r.Findings[i].Text = `"><img src=x onerror="window.owned=1"></details></noscript><img src=x onerror="window.owned=1">` + r.Findings[i].Text
	}
	file := pageOf(t, r)
	b.open("file://" + file)
	b.eval(`document.getElementById('open-all').click()`)
	b.eval(`document.querySelectorAll('.account > summary').forEach(e => e.click())`)
	b.wait(`Array.from(document.querySelectorAll('.subject')).some(e => e.offsetParent !== null)`)
	b.want(`window.owned`, nil)
	b.want(`document.scripts.length`, 1)
	b.want(`document.querySelectorAll('img,iframe,object,embed,link,base').length`, 0)
	b.want(`document.body.textContent.includes('<script>window.owned=1</script>')`, true)
	b.eval(`(() => { const q = document.getElementById('q'); q.value = '<script>window.owned'; q.dispatchEvent(new Event('input', { bubbles: true })) })()`)
	b.wait(`document.getElementById('shown').textContent == 'Showing all 200 findings.'`)
	for _, width := range []int{1280, 390} {
		b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
		b.wait(`innerWidth == ` + map[int]string{1280: "1280", 390: "390"}[width])
		b.want(`document.documentElement.scrollWidth <= innerWidth`, true)
	}
	b.quiet(file)
}

// TestPageThemes: both themes have grounds and texts that stand apart.
func TestPageThemes(t *testing.T) {
	b := newBrowser(t)
	file := pageOf(t, sampleReport(20))
	b.open("file://" + file)
	for theme, ground := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": theme}}}, nil)
		b.want(`getComputedStyle(document.body).backgroundColor`, ground)
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print", "features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	b.want(`getComputedStyle(document.body).backgroundColor`, "rgb(255, 255, 255)")
	b.want(`getComputedStyle(document.querySelector('nav')).display`, "none")
	b.quiet(file)
}

// TestPageOfManyFindings: 5,000 findings load and answer to the filter. What it
// takes is for people to read, since it depends on the machine.
func TestPageOfManyFindings(t *testing.T) {
	b := newBrowser(t)
	file := pageOf(t, sampleReport(5000))
	b.call("Performance.enable", map[string]any{"timeDomain": "threadTicks"}, nil)
	b.open("file://" + file)
	t.Logf("loaded after %.0f ms", b.eval(`performance.getEntriesByType('navigation')[0].loadEventEnd`))
	var metrics struct {
		Metrics []struct {
			Name  string
			Value float64
		}
	}
	b.call("Performance.getMetrics", nil, &metrics)
	for _, m := range metrics.Metrics {
		if strings.HasSuffix(m.Name, "Duration") && m.Value > 0.01 {
			t.Logf("processor time, %s: %.0f ms", m.Name, m.Value*1000)
		}
	}
	t.Logf("filtered after %.0f ms", b.eval(`(async () => { const t = performance.now(); const q = document.getElementById('q'); q.value = 'r04321';
		q.dispatchEvent(new Event('input', { bubbles: true })); while (!document.getElementById('shown').textContent.startsWith('Showing 1 ')) { await new Promise(r => setTimeout(r, 5)) } return performance.now() - t })()`))
	b.want(visible, 1)
	b.quiet(file)
}

// TestPageLandsWhereItSays: a part of a long page that is reached by its address
// is at the top of the window, and stays there.
func TestPageLandsWhereItSays(t *testing.T) {
	b := newBrowser(t)
	file := pageOf(t, sampleReport(2000))
	b.open("file://" + file)
	for _, id := range []string{"accounts", "high", "coverage"} {
		b.eval(`document.querySelector('nav a[href="#` + id + `"]').click()`)
		time.Sleep(300 * time.Millisecond) // what is drawn late must not move it
		if top := b.eval(`document.getElementById('` + id + `').getBoundingClientRect().top`).(float64); top < -1 || top > 200 {
			t.Errorf("%s is at %.0f", id, top)
		}
	}
	b.quiet(file)
}

// TestPageIsLight: the browser gets what is hidden as text, not as elements, or
// a page of thousands takes seconds to open.
func TestPageIsLight(t *testing.T) {
	b := newBrowser(t)
	b.open("file://" + pageOf(t, sampleReport(5000)))
	if n := b.eval(`document.querySelectorAll('*').length`).(float64); n > 15_000 {
		t.Errorf("5,000 findings are %.0f elements", n)
	}
}

// TestPageWithoutScript: where scripts do not run, all findings are there, and
// what is known of principals.
func TestPageWithoutScript(t *testing.T) {
	b := newBrowser(t)
	file := pageOf(t, sampleReport(300))
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open("file://" + file)
	b.want(`document.documentElement.className`, "")
	b.want(visible, 300)
	b.want(`document.querySelectorAll('.finding svg g.goal').length`, 60)
	b.want(`document.querySelectorAll('.subject a[href^="#f-"]').length`, 300)
	b.want(`document.getElementById('filter').hidden`, true)
	b.quiet(file)
}

// TestPageOfPrincipals: what an account holds appears when it is opened, page by
// page, and a link in it leads to the finding.
func TestPageOfPrincipals(t *testing.T) {
	b := newBrowser(t)
	file := pageOf(t, sampleReport(300))
	b.open("file://" + file)
	const seen = `Array.from(document.querySelectorAll('.subject')).filter(e => e.offsetParent !== null).length`
	b.want(seen, 0)
	b.eval(`document.querySelector('.account > summary').focus()`)
	b.press("Enter", 13)
	b.wait(seen + ` == 25`)
	b.eval(`document.querySelector('.account .pager button').focus()`)
	b.press("Enter", 13)
	b.wait(seen + ` == 100`)
	b.eval(`document.querySelectorAll('.subject > summary')[40].focus()`)
	b.press("Enter", 13)
	b.eval(`document.querySelector('.subject[open] a[href^="#f-"]').click()`)
	b.wait(`document.activeElement.parentElement.className == 'finding'`)
	b.want(`document.activeElement.parentElement.open && '#' + document.activeElement.parentElement.id == location.hash`, true)
	b.open("file://" + file + "#principal-77")
	b.want(`document.getElementById('principal-77').open && document.getElementById('principal-77').offsetParent !== null`, true)
	b.quiet(file)
}

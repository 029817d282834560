package review

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// required is the variable that makes the tests with a browser fail where there
// is none, as in continuous integration. Else they are skipped.
const required = "ACCESSPATH_BROWSER"

// A browser is a headless Chromium, driven over the pipes of its debugging
// protocol: messages in JSON, a zero byte behind each. That takes no port, no
// web socket and no dependency.
type browser struct {
	t       *testing.T
	in      io.WriteCloser
	session string

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	events  []message
	gone    error
}

type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// newBrowser starts a browser with one empty page that reports what it does.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		if os.Getenv(required) != "" {
			t.Fatalf("no chromium here, and %s asks for one", required)
		}
		t.Skip("no chromium here: the page is not driven")
	}
	// Chromium now and then ends while it starts, on machines that are busy.
	for attempt := 1; ; attempt++ {
		b, err := startBrowser(t, program)
		if err == nil {
			return b
		}
		if attempt == 3 {
			t.Fatalf("starting the browser: %v", err)
		}
		t.Logf("starting the browser, try %d: %v", attempt, err)
	}
}

func startBrowser(t *testing.T, program string) (*browser, error) {
	toBrowser, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // it reads from 3 and writes to 4
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	toBrowser.Close()
	fromBrowser.Close()
	b := &browser{t: t, in: in, waiting: map[int]chan message{}}
	t.Cleanup(func() {
		b.send("Browser.close", nil) // it writes its profile until it ends
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		in.Close()
		out.Close()
	})
	go b.listen(out)
	return b, b.attach()
}

// attach opens an empty page and asks it to report.
func (b *browser) attach() error {
	var target struct{ TargetID string }
	if err := b.ask("Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return err
	}
	var attached struct{ SessionID string }
	if err := b.ask("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		return err
	}
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		if err := b.ask(domain+".enable", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

func (b *browser) listen(out io.Reader) {
	r := bufio.NewReader(out)
	for {
		raw, err := r.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.gone = err
			for _, c := range b.waiting {
				close(c)
			}
			clear(b.waiting)
			b.mu.Unlock()
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(raw, []byte{0}), &m) != nil {
			continue
		}
		b.mu.Lock()
		if c := b.waiting[m.ID]; c != nil {
			delete(b.waiting, m.ID)
			c <- m
		} else if m.Method != "" {
			b.events = append(b.events, m)
		}
		b.mu.Unlock()
	}
}

func (b *browser) send(method string, params any) (chan message, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	if params == nil {
		raw = []byte("{}")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone != nil {
		return nil, b.gone
	}
	b.last++
	m, err := json.Marshal(message{ID: b.last, SessionID: b.session, Method: method, Params: raw})
	if err != nil {
		return nil, err
	}
	c := make(chan message, 1)
	b.waiting[b.last] = c
	_, err = b.in.Write(append(m, 0))
	return c, err
}

// call asks for something and waits for the answer.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	if err := b.ask(method, params, result); err != nil {
		b.t.Fatal(err)
	}
}

// ask is call for those that can do without an answer.
func (b *browser) ask(method string, params, result any) error {
	c, err := b.send(method, params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m, ok := <-c:
		switch {
		case !ok:
			return fmt.Errorf("%s: the browser is gone: %w", method, b.gone)
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case result != nil:
			return json.Unmarshal(m.Result, result)
		}
		return nil
	case <-time.After(time.Minute):
		return fmt.Errorf("%s: no answer", method)
	}
}

// open loads an address and waits until the page's script ran.
func (b *browser) open(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": "about:blank"}, nil)
	b.wait("location.href == 'about:blank'")
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	b.wait("location.href != 'about:blank' && document.readyState == 'complete'")
}

// eval is what an expression of JavaScript gives, as JSON would have it.
func (b *browser) eval(js string) any {
	b.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", map[string]any{"expression": js, "returnByValue": true, "awaitPromise": true}, &r)
	if e := r.ExceptionDetails; e != nil {
		b.t.Fatalf("%s: %s %s", js, e.Text, e.Exception.Description)
	}
	return r.Result.Value
}

// want compares what an expression gives.
func (b *browser) want(js string, want any) {
	b.t.Helper()
	if got := b.eval(js); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("%s is %v, want %v", js, got, want)
	}
}

// wait waits until an expression holds.
func (b *browser) wait(js string) {
	b.t.Helper()
	for range 600 {
		if b.eval(js) == true {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("%s does not come true", js)
}

// press presses and releases a key.
func (b *browser) press(key string, code int) {
	for _, kind := range []string{"keyDown", "keyUp"} {
		text := ""
		if key == "Enter" && kind == "keyDown" {
			text = "\r"
		}
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}, nil)
	}
}

// quiet fails if the console got something, a script broke, a dialogue opened or
// something was loaded besides the file itself.
func (b *browser) quiet(file string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	loaded := 0
	for _, e := range b.events {
		switch e.Method {
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening", "Network.webSocketCreated":
			b.t.Errorf("%s: %s", e.Method, e.Params)
		case "Network.requestWillBeSent":
			var p struct{ Request struct{ URL string } }
			if err := json.Unmarshal(e.Params, &p); err != nil {
				b.t.Error(err)
			}
			switch url, _, _ := strings.Cut(p.Request.URL, "#"); url {
			case "file://" + file:
				loaded++
			case "about:blank":
			default:
				b.t.Errorf("the page asks for %s", p.Request.URL)
			}
		}
	}
	if loaded == 0 {
		b.t.Error(errors.New("nothing was loaded at all: the requests are not seen"))
	}
}

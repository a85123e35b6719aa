// A headless Chromium, spoken to over its debugging pipe; nothing to install
// beside the browser. $CHROMIUM names another one.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Calls `onMessage` for every message; messages end with a NUL byte. */
function readMessages(stream, onMessage) {
  let parts = [];
  stream.on("data", (data) => {
    let from = 0;
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, from)) {
      parts.push(data.subarray(from, end));
      onMessage(JSON.parse(Buffer.concat(parts).toString()));
      parts = [];
      from = end + 1;
    }
    parts.push(data.subarray(from));
  });
}

export async function startBrowser() {
  const profile = mkdtempSync(path.join(tmpdir(), "ashiato-page-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"];
  const child = spawn(process.env.CHROMIUM ?? "chromium", [...flags, `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const exited = new Promise((resolve) => child.on("exit", resolve));
  await new Promise((resolve, reject) => child.on("spawn", resolve).on("error", reject));
  const waiting = new Map();
  const listeners = [];
  let lastId = 0;
  readMessages(child.stdio[4], (m) => {
    if (m.id === undefined) return listeners.forEach((listener) => listener(m));
    const { resolve, reject } = waiting.get(m.id);
    waiting.delete(m.id);
    if (m.error) reject(new Error(m.error.message));
    else resolve(m.result);
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++lastId, { resolve, reject });
      child.stdio[3].write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
    });

  async function openPage({ width, height = 900, script = true, scheme = "light" }) {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const call = (method, params) => send(method, params, sessionId);
    const problems = [];
    let loaded = () => {};
    listeners.push((m) => {
      if (m.sessionId !== sessionId) return;
      if (m.method === "Page.loadEventFired") loaded();
      if (m.method === "Runtime.exceptionThrown") problems.push(m.params.exceptionDetails.exception?.description);
      if (m.method === "Log.entryAdded") problems.push(m.params.entry.text);
      const url = m.method === "Network.requestWillBeSent" ? m.params.request.url : "file:";
      if (!/^(file|data|blob):/.test(url)) problems.push(`asks the network for ${url}`);
    });
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
    await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await call("Emulation.setScriptExecutionDisabled", { value: !script });
    return {
      problems,
      async open(file) {
        const done = new Promise((resolve) => (loaded = resolve));
        await call("Page.navigate", { url: `file://${path.resolve(file)}` });
        await done;
      },
      async evaluate(expression) {
        const r = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
        if (r.exceptionDetails) throw new Error(r.exceptionDetails.exception?.description);
        return r.result.value;
      },
      async picture() {
        return Buffer.from((await call("Page.captureScreenshot", { format: "png" })).data, "base64");
      },
      /** A4; background colours as a reader prints them: without. */
      async paper() {
        const { data } = await call("Page.printToPDF", { paperWidth: 8.27, paperHeight: 11.69, preferCSSPageSize: true });
        return Buffer.from(data, "base64");
      },
      async press(key) {
        const code = { Enter: 13, ArrowDown: 40 }[key];
        for (const type of ["rawKeyDown", "keyUp"])
          await call("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: code });
      },
      async offline() {
        await call("Network.emulateNetworkConditions", { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
      },
      close: () => send("Target.closeTarget", { targetId }),
    };
  }

  async function close() {
    await send("Browser.close");
    await exited;
    rmSync(profile, { recursive: true, force: true });
  }
  return { openPage, close };
}

// The console's script: keys, live parts, and signatures made in this browser. It decides nothing; the gate does.
"use strict";

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const csrf = () => document.body.dataset.csrf;
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unbase64 = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const base64url = (bytes) => base64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");

async function call(method, path, body) {
  const answer = await fetch(path, {
    method, credentials: "same-origin", redirect: "error",
    headers: { "content-type": "application/json", "x-csrf-token": csrf(), accept: "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.message || data.detail || `The console answered ${answer.status}.`);
  return data;
}

function say(text, kind = "") {
  const box = $("#outcome");
  if (!box) return;
  box.replaceChildren();
  if (!text) return;
  const note = document.createElement("p");
  note.className = `note ${kind}`;
  note.textContent = text;
  box.append(note);
}

// ── The key: kept in IndexedDB as a CryptoKey that cannot be exported ──
function store(mode, act) {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open("maskgate", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("keys");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const work = act(open.result.transaction("keys", mode).objectStore("keys"));
      work.onsuccess = () => resolve(work.result);
      work.onerror = () => reject(work.error);
    };
  });
}
const loadKey = () => store("readonly", (s) => s.get("mine")).catch(() => undefined);
const saveKey = (key) => store("readwrite", (s) => s.put(key, "mine"));
const dropKey = () => store("readwrite", (s) => s.delete("mine"));

async function importPem(text) {
  if (/ENCRYPTED/.test(text)) throw new Error("This key file has a passphrase. The browser cannot open it; use the command line, or a key made for the browser.");
  const body = /-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----/.exec(text);
  if (!body) throw new Error("This is not a PEM private key (PKCS8).");
  const der = unbase64(body[1].replace(/\s+/g, ""));
  let once;
  try {
    once = await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, true, ["sign"]);
  } catch { throw new Error("This is not an Ed25519 key, or the browser is too old for Ed25519."); }
  const publicKey = unbase64((await crypto.subtle.exportKey("jwk", once)).x);
  const key = await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, false, ["sign"]);
  const id = "ed25519:" + hex(await crypto.subtle.digest("SHA-256", publicKey)).slice(0, 32);
  return { key, id };
}

function pae(type, payload) {
  const text = new TextEncoder();
  const kind = text.encode(type);
  const head = text.encode(`DSSEv1 ${kind.length} ${type} ${payload.length} `);
  const out = new Uint8Array(head.length + payload.length);
  out.set(head);
  out.set(payload, head.length);
  return out;
}

async function sign(draft) {
  const mine = await loadKey();
  if (!mine) throw new Error("There is no key in this browser. Sign in with your key first.");
  const payload = unbase64(draft.payload);
  const signature = await crypto.subtle.sign({ name: "Ed25519" }, mine.key, pae(draft.payload_type, payload));
  return { payload: draft.payload, payloadType: draft.payload_type, signatures: [{ keyid: mine.id, sig: base64(signature) }] };
}

async function assertion(draft) {
  const got = await navigator.credentials.get({ publicKey: {
    challenge: unbase64(draft.challenge), rpId: draft.rp_id, userVerification: "required", timeout: 60000,
  } });
  return {
    payload: draft.payload, payload_type: draft.payload_type, credential_id: base64url(got.rawId),
    authenticator_data: base64url(got.response.authenticatorData), client_data: base64url(got.response.clientDataJSON),
    signature: base64url(got.response.signature),
  };
}

const signed = async (draft) => draft.passkey && !(await loadKey())
  ? { assertion: await assertion(draft) } : { envelope: await sign(draft) };

// ── Signing in ──
async function signIn(who) {
  say("Signing in…");
  const draft = await call("POST", "/signin/challenge", who);
  await call("POST", "/signin", await signed(draft));
  const next = $("#signin").dataset.next;
  location.assign(/^\/(?:[\w~.-][\w~./-]*)?(?:\?[\w~./=&%+-]*)?$/.test(next) ? next : "/");
}

async function readySignIn() {
  const box = $("#signin");
  if (!box) return;
  const show = async () => {
    const mine = await loadKey();
    $("#known").hidden = !mine;
    if (mine) { $("#key-name").textContent = mine.name; $("#key-id").textContent = mine.id.slice(0, 20) + "…"; }
  };
  const guard = (act) => async (event) => {
    event?.preventDefault();
    try { await act(event); } catch (error) { say(error.message, "bad"); }
  };
  const take = async (file) => {
    if (!file) return;
    const { key, id } = await importPem(await file.text());
    await saveKey({ key, id, name: file.name });
    $("#pem").value = "";
    await show();
    await signIn({ key_id: id });
  };
  $("#pem").addEventListener("change", guard((e) => take(e.target.files[0])));
  $("#drop").addEventListener("dragover", (e) => e.preventDefault());
  $("#drop").addEventListener("drop", guard((e) => take(e.dataTransfer.files[0])));
  $("#use-key").addEventListener("click", guard(async () => signIn({ key_id: (await loadKey()).id })));
  $("#forget-key").addEventListener("click", guard(async () => { await dropKey(); await show(); say("The key is no longer in this browser."); }));
  const passkey = $("#use-passkey");
  passkey.hidden = !window.PublicKeyCredential || (await call("GET", "/signin/passkeys").catch(() => ({ n: 0 }))).n === 0;
  passkey.addEventListener("click", guard(async () => { await dropKey(); await signIn({ passkey: true }); }));
  await show();
}

// ── A passkey for the people file ──
async function makePasskey() {
  say("Waiting for your device…");
  const asked = await call("POST", "/passkey/challenge");
  const made = await navigator.credentials.create({ publicKey: {
    challenge: unbase64(asked.challenge), rp: { id: asked.rp_id, name: "maskgate" },
    user: { id: unbase64(asked.user_id), name: asked.name, displayName: asked.name },
    pubKeyCredParams: [{ type: "public-key", alg: -8 }, { type: "public-key", alg: -7 }],
    authenticatorSelection: { residentKey: "required", userVerification: "required" }, attestation: "none", timeout: 60000,
  } });
  const told = await call("POST", "/passkey", {
    payload: asked.payload, attestation: base64url(made.response.attestationObject), client_data: base64url(made.response.clientDataJSON),
  });
  $("#passkey-line").textContent = told.line;
  $("#passkey-id").textContent = told.key_id.slice(-8);
  $("#made").hidden = false;
  say("The passkey is made. It counts once it is in the people file.", "good");
}

function readyPasskey() {
  $("#make-passkey")?.addEventListener("click", async (event) => {
    event.target.disabled = true;
    try { await makePasskey(); } catch (error) { say(error.message, "bad"); } finally { event.target.disabled = false; }
  });
  $("#copy-line")?.addEventListener("click", () => navigator.clipboard.writeText($("#passkey-line").textContent).then(() => say("Copied.", "good"), () => say("Select the line and copy it.", "warn")));
}

// ── Voting ──
const date = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ") + " UTC";

const SAY = {
  approve: ["Approve", "Your signature binds this decision to exactly these bytes and this destination.", "Sign and approve"],
  deny: ["Deny", "A denial ends the request. It can be asked for again.", "Sign and deny"],
  retract: ["Take your vote back", "Your vote counts no more. You can vote again while the request is open.", "Sign and take back"],
};

function ask(draft, decision) {
  const dialog = $("#confirm");
  const [title, text, yes] = SAY[decision];
  $("#c-title").textContent = `${title}: ` + $("h1").textContent;
  $("#c-text").textContent = text;
  $("#c-reason").hidden = !draft.reason;
  $("#c-reason").textContent = draft.reason || "";
  $("#c-more").hidden = !draft.previews?.length;
  $("#c-preview").textContent = (draft.previews || []).join("\n");
  const payload = JSON.parse(new TextDecoder().decode(unbase64(draft.payload)));
  $("#c-times").textContent = `Drafted ${date(payload.iat)}; the gate takes it until ${date(payload.exp)}.`;
  $("#c-payload").textContent = JSON.stringify(payload, null, 2);
  $("#c-yes").textContent = yes;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.returnValue = "no";
    dialog.showModal();
  });
}

async function vote(decision) {
  const box = $("#decide");
  if (!box?.dataset.vote || !$(`[data-decision=${decision}]`)) return;
  const reason = $("#reason").value.trim();
  if (decision === "deny" && !reason) { $("#reason").focus(); say("Say why: the requester reads it.", "warn"); return; }
  const boxes = $$("input[name=item]");
  const chosen = boxes.filter((b) => b.checked).map((b) => b.value);
  if (boxes.length && !chosen.length) { say("Choose at least one record.", "warn"); return; }
  const buttons = $$("#decide button");
  buttons.forEach((b) => { b.disabled = true; });
  try {
    const id = box.dataset.vote;
    const masking = decision === "approve" ? ($("#more-paths")?.value || "").split("\n").map((p) => p.trim()).filter(Boolean) : [];
    const scope = chosen.length === boxes.length ? [] : chosen;
    const draft = await call("POST", `/r/${id}/draft`, { decision, reason, scope, masking });
    const shown = JSON.parse(new TextDecoder().decode(unbase64(draft.payload)));
    if ((shown.decision ?? shown.domain.split(".")[0]) !== decision || shown.request_id !== id) throw new Error("The draft does not fit what you chose. Nothing was signed.");
    if (!(await ask(draft, decision))) { say(""); return; }
    const proof = draft.session ? { session: draft.payload } : await signed(draft);
    say("Sent. Waiting for the gate…");
    const result = await call("POST", draft.session ? `/r/${id}/session-vote` : "/api/v1/votes?wait=8", proof);
    if (result.outcome === "refused") say(`The gate refused this vote: ${result.message}`, "bad");
    else if (result.outcome === "accepted") say(result.message || "Your signature counts.", "good");
    else if (result.outcome === "unchanged") say(result.message, "warn");
    else say("The vote is stored; the gate has not read it yet.", "warn");
    await refresh();
  } catch (error) { say(error.message, "bad"); } finally { buttons.forEach((b) => { b.disabled = false; }); }
}

// ── Live parts: the same page again, taking over what is marked ──
async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const at = $(".row.at")?.getAttribute("href");
  for (const part of $$("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if ($("svg a:focus", part)) continue;
    if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  }
  if (at) $(`.row[href="${CSS.escape(at)}"]`)?.classList.add("at");
  const decide = $("#decide");
  const now = page.getElementById("decide");
  if (decide && (!now || now.dataset.vote !== decide.dataset.vote || !$("#retract", now) !== !$("#retract", decide))) {
    const outcome = $("#outcome");
    if (now) { decide.replaceChildren(...now.childNodes); $("#outcome")?.replaceWith(outcome);
      if (now.dataset.vote) decide.dataset.vote = now.dataset.vote; else delete decide.dataset.vote; }
    else { delete decide.dataset.vote; decide.replaceChildren(outcome); if (!outcome.childNodes.length) decide.hidden = true; }
  }
}

// A change is shown at once, and no page asks more often than every three seconds. A hidden tab keeps no connection,
// for a browser has few to one host. Without a stream the page looks by itself.
function stayLive() {
  if (!$("[data-live]")) return;
  let source, due, last = 0;
  const look = () => {
    due = $("dialog[open]") ? setTimeout(look, 3000) : undefined;
    if (due || document.hidden) return;
    last = Date.now();
    refresh();
  };
  const soon = () => { due ??= setTimeout(look, Math.max(0, last + 3000 - Date.now())); };
  const open = () => { source = new EventSource("/live"); source.onmessage = soon; };
  if (!document.hidden) open();
  document.addEventListener("visibilitychange", () => {
    source?.close();
    source = undefined;
    if (!document.hidden) { open(); soon(); }
  });
  setInterval(() => { if (source?.readyState !== EventSource.OPEN || Date.now() - last > 30000) soon(); }, 3000);
}

function clocks() {
  for (const spot of $$("[data-until]")) {
    const left = Number(spot.dataset.until) - Date.now();
    spot.textContent = spell(left);
    const share = left / Number(spot.dataset.total);
    spot.className = "left" + (share < 0.1 ? " urgent" : share < 0.3 ? " soon" : "");
  }
}

function spell(ms) {
  if (ms <= 0) return "time is over";
  const s = Math.floor(ms / 1000);
  if (s < 60) return `${s} s left`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s < 600 ? (s % 60) + " s " : ""}left`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min left`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h left`;
}

// ── Keys ──
function move(step) {
  const rows = $$(".queue .row");
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const next = Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step));
  rows.forEach((row, i) => row.classList.toggle("at", i === next));
  rows[next].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { if (event.key === "Escape") event.target.blur(); return; }
  const act = {
    j: () => move(1), k: () => move(-1), "/": () => $("#q")?.focus(), "?": () => $("#keys-help").showModal(),
    u: () => location.assign("/"), a: () => vote("approve"), d: () => vote("deny"), t: () => vote("retract"),
  }[event.key];
  if (act) { event.preventDefault(); act(); }
});
document.addEventListener("input", (event) => { if (event.target.id === "reason" && $("#outcome .warn")) say(""); });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-decision]");
  if (button) vote(button.dataset.decision);
});

readySignIn();
readyPasskey();
clocks();
setInterval(clocks, 1000);
stayLive();

/* What script adds to the pages: keys, news of what came, picking several. Without it all forms work. */
(() => {
  "use strict";
  const $ = (query, root = document) => root.querySelector(query);
  const $$ = (query, root = document) => [...root.querySelectorAll(query)];

  document.documentElement.classList.add("script");
  document.addEventListener("change", (event) => {
    if (event.target.matches(".filters select, .asking select, .asking [type=checkbox]")) event.target.form.submit();
  });

  // Times in the viewer's zone, also where that has changed since.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").includes(`wirewatch_zone=${zone}`)) {
    document.cookie = `wirewatch_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }

  // -- what came, announced above the list; the list never moves by itself

  const live = $("#live");
  let lastHeard = Date.now();
  let stream = null;
  const say = (state, words) => {
    if (!live) return;
    live.dataset.state = state;
    $("#live-words").textContent = words;
  };
  const listen = () => {
    if (stream || document.hidden) return;
    stream = new EventSource("/events");
    const heard = () => {
      lastHeard = Date.now();
      say("live", live.dataset.live);
    };
    stream.addEventListener("look", (event) => {
      heard();
      tell(JSON.parse(event.data));
    });
    stream.addEventListener("beat", heard);
    stream.onopen = heard;
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) {
        stream = null;
        setTimeout(listen, 10000);
      }
    };
  };
  const tell = async (look) => {
    const count = $("#open-count");
    if (count && count.firstChild) count.firstChild.textContent = look.open;
    document.title = document.title.replace(/^\([^)]*\)/, `(${look.open})`);
    const fresh = $("#fresh");
    if (!fresh || !look.newest || look.newest === fresh.dataset.newest) return;
    const answer = await fetch(`/new?after=${encodeURIComponent(fresh.dataset.newest || "1970-01-01T00:00:00+00:00")}`);
    const number = answer.ok ? Number(await answer.text()) : 0;
    if (!number) return;
    const words = (number === 1 ? fresh.dataset.one : fresh.dataset.many).replace("%(n)s", number);
    let link = $("a", fresh);
    if (!link) {
      link = document.createElement("a");
      link.className = "fresh";
      const here = new URL(location);
      ["before", "did", "of"].forEach((name) => here.searchParams.delete(name));
      link.href = here.pathname + here.search;
      fresh.append(link);
    }
    if (link.textContent !== words) link.textContent = words;
  };
  if (live) {
    listen();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        // A browser has six connections to a host: hidden tabs let theirs go.
        if (stream) stream.close();
        stream = null;
        say("paused", live.dataset.paused);
      } else listen();
    });
    setInterval(() => {
      if (document.hidden || Date.now() - lastHeard < 60000) return;
      const at = new Date(lastHeard).toTimeString().slice(0, 5);
      say("lost", live.dataset.lost.replace("%(time)s", at));
    }, 5000);
  }

  // -- picking several

  const picked = $("#picked");
  const showPicked = () => {
    if (!picked) return;
    const number = $$(".pick input:checked").length;
    picked.hidden = number === 0;
    const words = $("[data-words]", picked);
    words.textContent = words.dataset.words.replace("%(n)s", number);
  };
  let lastPick = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest(".pick input");
    if (box) {
      const boxes = $$(".pick input");
      if (event.shiftKey && lastPick) {
        const [from, to] = [boxes.indexOf(lastPick), boxes.indexOf(box)].sort((a, b) => a - b);
        if (from >= 0) boxes.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
      }
      lastPick = box;
      showPicked();
    }
    // A menu closes when one looks elsewhere.
    $$(".acts details[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // -- copying what can be copied by hand as well

  $$("[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const from = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(from.value ?? from.textContent);
      button.textContent += " ✓";
    });
  });

  // -- keys, on Latin and other layouts

  const cards = () => $$(".story");
  const current = () => document.activeElement?.closest?.(".story") || $(".lead");
  const go = (step) => {
    const all = cards();
    if (!all.length) {
      const next = $(step > 0 ? "[rel=next]" : "[rel=prev]");
      if (next) next.click();
      return;
    }
    const at = all.indexOf(current());
    const card = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
    $("h2 a", card).focus();
    card.scrollIntoView({ block: "nearest" });
  };
  const press = (card, key) => {
    const button = card && $(`[data-key=${key}]`, card);
    if (!button) return;
    button.click();
    if (button.tagName === "SUMMARY") $("button", button.parentElement).focus();
  };
  const PAGES = { a: "/", s: "/search", r: "/rules", l: "/sources", d: "/deliveries", t: "/status" };
  let waitsForPage = false;
  const letter = (event) => {
    if (event.key.length === 1 && event.key <= "\u007f") return event.key;
    // On another layout the key's place counts: j types "о" on a Russian one.
    const place = /^Key([A-Z])$/.exec(event.code);
    if (place) return place[1].toLowerCase();
    return event.code === "Slash" ? (event.shiftKey ? "?" : "/") : event.key;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const writes = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape") {
      $$(".acts details[open]").forEach((menu) => (menu.open = false));
      if (writes) writes.blur();
      return;
    }
    if (writes || document.body.dataset.keys !== "on" || $("dialog[open]")) return;
    const key = letter(event);
    if (waitsForPage) {
      waitsForPage = false;
      if (PAGES[key]) location.assign(PAGES[key]);
      return;
    }
    const card = current();
    const menu = card && $("details[open]", card);
    if (menu && /^[1-5]$/.test(key)) {
      event.preventDefault();
      $(`[data-choice="${key}"]`, menu)?.click();
      return;
    }
    const acts = {
      j: () => go(1),
      k: () => go(-1),
      a: () => press(card, "a"),
      s: () => press(card, "s"),
      d: () => press(card, "d"),
      m: () => press(card, "m"),
      n: () => $("#note")?.focus(),
      z: () => $("#undo")?.click(),
      x: () => $(".pick input", card || document)?.click(),
      "/": () => $("#find")?.focus(),
      g: () => (waitsForPage = true),
      "?": () => $("#keys")?.showModal(),
    };
    if (!acts[key]) return;
    event.preventDefault();
    acts[key]();
  });

  // What was refused leaves the page as it is, and says so.
  const refused = (said) => {
    const strip = $("#strip");
    if (!strip) return;
    const words = document.createElement("p");
    words.className = "strip bad";
    words.textContent = said || document.body.dataset.failed;
    strip.replaceChildren(words);
  };
  document.addEventListener("htmx:response:error", (event) => {
    const { response, text } = event.detail.ctx;
    if (response.status === 401) {
      location.assign(`/login?to=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    const shown = new DOMParser().parseFromString(text || "", "text/html");
    refused($(".box p:not(.brand)", shown)?.textContent);
  });
  document.addEventListener("htmx:error", () => refused(""));

  // What was swapped in has lost the focus of the button that was pressed: its card keeps it.
  let acted = null;
  document.addEventListener("submit", (event) => {
    acted = event.target.closest(".story, .lead")?.id || null;
  });
  document.addEventListener("htmx:after:swap", () => {
    const card = acted && document.getElementById(acted);
    if (card && !card.contains(document.activeElement)) $("h2 a, h1", card)?.focus?.();
    acted = null;
    showPicked();
  });
})();

import { useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { ApiError, get } from "../api/client";
import type { Folders } from "../api/types";
import { t } from "../i18n";
import type { Said } from "../i18n/reasons";
import { chooseFolder, in_window } from "../state/desktop";
import { go } from "../state/route";
import { greet } from "../state/session";
import { Button, Dialog, Why } from "../ui/controls";
import { FolderIcon, PlusIcon, UpIcon } from "../ui/icons";
import { attempt } from "../ui/toast";
import { recall, remember } from "../state/storage";
import { startLocal } from "./window";

/** A folder that exists or, if allowed, is to be created. */
export interface Place {
  path: string;
  made: boolean;
}

/**
 * The number of images that a job for the folder would find; requested separately, since counting
 * may take a while.
 */
const Count = ({ folders }: { folders: Folders }) => {
  const below = useSignal<Folders | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    below.value = null;
    get<Folders>(`/api/folders?below=1&path=${encodeURIComponent(folders.path ?? "")}`, stop.signal).then(
      (counted) => (below.value = counted),
      // The images directly in it are known all the same.
      () => undefined,
    );
    return () => stop.abort();
  }, [folders]);
  const count = below.value?.images_below;
  if (count === undefined) return <>{t("local.here", { count: folders.images })}</>;
  return <>{t(below.value?.counted_all === false ? "local.belowMore" : "local.below", { count })}</>;
};

/** The name of a folder to create here. It must not contain path separators. */
const NewFolder = ({ onName }: { onName: (name: string) => void }) => {
  const name = useSignal<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const wrong = name.value !== null && (/[/\\]/.test(name.value) || name.value.trim().startsWith("."));
  useLayoutEffect(() => input.current?.focus(), [name.value === null]);
  if (name.value === null) {
    return (
      <button type="button" class="link new-folder" onClick={() => (name.value = "")}>
        <PlusIcon size={16} /> {t("local.new")}
      </button>
    );
  }
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        const given = name.value?.trim() ?? "";
        if (given === "" || wrong) return;
        onName(given);
        name.value = null;
      }}
    >
      <input ref={input} type="text" aria-label={t("local.newName")} placeholder={t("local.newName")} maxLength={200} spellcheck={false} {...(wrong ? { "aria-invalid": true } : {})} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
      <Button type="submit" disabled={wrong || name.value.trim() === ""}>
        {t("local.newUse")}
      </Button>
    </form>
  );
};

/** Browses the folders of the server's machine. `onPlace` is called for every opened folder. */
export const FolderBrowser = ({ onPlace, mayMake = false }: { onPlace: (place: Place | null) => void; mayMake?: boolean }) => {
  const here = useSignal<Folders | null>(null);
  const fresh = useSignal<string | null>(null);
  const typed = useSignal("");
  const error = useSignal<Said | null>(null);
  const id = useId();
  // Answers may arrive late: only the last request counts, and text typed meanwhile stays.
  const asked = useRef(0);
  const open = async (path: string | null) => {
    const mine = ++asked.current;
    const before = typed.value;
    try {
      const folders = await get<Folders>(`/api/folders${path === null ? "" : `?path=${encodeURIComponent(path)}`}`);
      if (mine !== asked.current) return;
      here.value = folders;
      fresh.value = null;
      if (typed.value === before) typed.value = folders.path ?? "";
      error.value = null;
      onPlace(folders.path ? { path: folders.path, made: true } : null);
      if (folders.path) remember("folder", folders.path);
    } catch (problem) {
      if (mine !== asked.current) return;
      error.value = problem instanceof ApiError ? problem : { code: "unknown", message: String(problem), advice: "" };
      onPlace(null);
    }
  };
  useEffect(() => {
    void open(recall("folder")).then(() => {
      // The remembered folder may no longer exist.
      if (error.value && asked.current === 1) void open(null);
    });
  }, []);
  const choose = attempt(async () => {
    const path = await chooseFolder(t("drop.folder"), here.value?.path ?? null);
    if (path === null) return;
    // More folders may be allowed now.
    await greet();
    await open(path);
  });
  const folders = here.value;
  const base = folders?.path ? folders.path.replace(/\/$/, "") : null;
  const make = (name: string) => {
    if (base === null || !folders) return;
    if (folders.folders.includes(name)) {
      void open(`${base}/${name}`);
      return;
    }
    fresh.value = name;
    onPlace({ path: `${base}/${name}`, made: false });
  };
  return (
    <div class="browser">
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void open(typed.value.trim() || null);
        }}
      >
        <label class="hidden" for={id}>
          {t("local.path")}
        </label>
        <input id={id} type="text" spellcheck={false} autocomplete="off" value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
        <Button type="submit">{t("local.open")}</Button>
        {in_window.value && (
          <Button label={t("drop.folder")} onClick={choose}>
            <FolderIcon />
          </Button>
        )}
      </form>
      {error.value && (
        <p class="problem" role="alert">
          <Why said={error.value} />
        </p>
      )}
      {folders && (
        <ul class="folders" aria-label={base === null ? t("local.roots") : base}>
          {base !== null && (
            <li key="..">
              <button type="button" onClick={() => void open(folders.parent)}>
                <UpIcon /> {t("local.up")}
              </button>
            </li>
          )}
          {fresh.value !== null && (
            <li key="new" class="fresh">
              <FolderIcon /> <span class="cut">{fresh.value}</span> <span class="pill done">{t("local.fresh")}</span>
            </li>
          )}
          {folders.folders.map((name) => (
            <li key={name}>
              <button type="button" onClick={() => void open(base === null ? name : `${base}/${name}`)}>
                <FolderIcon /> <span class="cut">{name}</span>
              </button>
            </li>
          ))}
          {folders.folders.length === 0 && fresh.value === null && <li class="empty">{t("local.empty")}</li>}
        </ul>
      )}
      {mayMake ? (
        base !== null && <NewFolder onName={make} />
      ) : (
        <p class="hint" aria-live="polite">
          {base !== null && folders ? <Count folders={folders} /> : "\u00a0"}
        </p>
      )}
    </div>
  );
};

/** Chooses a folder to process in place or, for one outside the allowed folders, to copy. */
export const ChooseFolder = ({ onClose, onCopy }: { onClose: () => void; onCopy: () => void }) => {
  const path = useSignal<string | null>(null);
  const start = attempt(async () => {
    if (path.value === null) return;
    const job = await startLocal({ path: path.value });
    onClose();
    go({ view: "job", job: job.id, tab: "images" });
  });
  return (
    <Dialog title={t("drop.folder")} onClose={onClose}>
      <p class="hint">{t("local.intro")}</p>
      <FolderBrowser onPlace={(place) => (path.value = place?.path ?? null)} />
      <footer>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" disabled={path.value === null} onClick={start}>
          {t("local.start")}
        </Button>
      </footer>
      <p class="hint elsewhere">
        {t("local.elsewhere")}{" "}
        <button type="button" class="link" onClick={onCopy}>
          {t("local.copy")}
        </button>
      </p>
    </Dialog>
  );
};

import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { ApiError, get } from "../api/client";
import type { Folders } from "../api/types";
import { t } from "../i18n";
import type { Said } from "../i18n/reasons";
import { chooseFolder, in_window } from "../state/desktop";
import { go } from "../state/route";
import { greet } from "../state/session";
import { Button, Dialog, Why } from "../ui/controls";
import { FolderIcon, UpIcon } from "../ui/icons";
import { attempt } from "../ui/toast";
import { recall, remember } from "../state/storage";
import { startLocal } from "./window";

/** Chooses a folder of the server's machine. `onPath` hears of every folder that was opened. */
export const FolderBrowser = ({ onPath }: { onPath: (path: string | null) => void }) => {
  const here = useSignal<Folders | null>(null);
  const typed = useSignal("");
  const error = useSignal<Said | null>(null);
  const id = useId();
  // Answers may come late: only the last question counts, and what was typed since it was asked stays.
  const asked = useRef(0);
  const open = async (path: string | null) => {
    const mine = ++asked.current;
    const before = typed.value;
    try {
      const folders = await get<Folders>(`/api/folders${path === null ? "" : `?path=${encodeURIComponent(path)}`}`);
      if (mine !== asked.current) return;
      here.value = folders;
      if (typed.value === before) typed.value = folders.path ?? "";
      error.value = null;
      onPath(folders.path || null);
      if (folders.path) remember("folder", folders.path);
    } catch (problem) {
      if (mine !== asked.current) return;
      error.value = problem instanceof ApiError ? problem : { code: "unknown", message: String(problem), advice: "" };
      onPath(null);
    }
  };
  useEffect(() => {
    void open(recall("folder")).then(() => {
      // What was remembered may be gone.
      if (error.value && asked.current === 1) void open(null);
    });
  }, []);
  const choose = attempt(async () => {
    const path = await chooseFolder(t("drop.folder"), here.value?.path ?? null);
    if (path === null) return;
    // The folders that may be used have become more.
    await greet();
    await open(path);
  });
  const folders = here.value;
  const base = folders?.path ? folders.path.replace(/\/$/, "") : null;
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
          {folders.folders.map((name) => (
            <li key={name}>
              <button type="button" onClick={() => void open(base === null ? name : `${base}/${name}`)}>
                <FolderIcon /> <span class="cut">{name}</span>
              </button>
            </li>
          ))}
          {folders.folders.length === 0 && <li class="empty">{t("local.empty")}</li>}
        </ul>
      )}
      <p class="hint" aria-live="polite">
        {base !== null && folders ? t("local.here", { count: folders.images }) : "\u00a0"}
      </p>
    </div>
  );
};

export const LocalFolder = ({ onClose }: { onClose: () => void }) => {
  const path = useSignal<string | null>(null);
  const start = attempt(async () => {
    if (path.value === null) return;
    const job = await startLocal({ path: path.value });
    onClose();
    go({ view: "job", job: job.id, tab: "images" });
  });
  return (
    <Dialog title={t("local.title")} onClose={onClose}>
      <p class="hint">{t("local.intro")}</p>
      <FolderBrowser onPath={(value) => (path.value = value)} />
      <footer>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" disabled={path.value === null} onClick={start}>
          {t("local.start")}
        </Button>
      </footer>
    </Dialog>
  );
};

import { useSignal } from "@preact/signals";
import { send } from "../api/client";
import type { Job, WriteResult } from "../api/types";
import { t } from "../i18n";
import type { OpenJob } from "../state/job";
import { info } from "../state/session";
import { Button, Dialog, Segmented, Switch, Why } from "../ui/controls";
import { CheckIcon, WarnIcon } from "../ui/icons";
import { tellError } from "../ui/toast";
import { FolderBrowser, type Place } from "./folder";

/**
 * Where the server puts the originals: next to the folder, or in it if it may not write next to it.
 */
const backupOf = (source: string, roots: readonly string[]): string => {
  const folder = source.replace(/\/+$/, "");
  const parent = folder.slice(0, folder.lastIndexOf("/")) || "/";
  const reach = roots.some((root) => root === "/" || parent === root || parent.startsWith(`${root}/`));
  return reach ? `${folder}.imgmill-backup` : `${folder}/.imgmill-backup`;
};

/** What was written, and what was not. */
const Outcome = ({ result, path }: { result: WriteResult; path: string }) => (
  <div class="outcome" role="status">
    <p>
      <CheckIcon /> {t("write.done", { count: result.images, path })}
    </p>
    {result.backup && <p>{t("write.backupAt", { path: result.backup })}</p>}
    {result.failed > 0 && (
      <>
        <p class="problem">
          <WarnIcon /> {t("write.failed", { count: result.failed })}
        </p>
        <ul>
          {result.errors.slice(0, 50).map((row) => (
            <li key={row.name}>
              <strong>{row.name}</strong> <Why said={row} />
            </li>
          ))}
        </ul>
      </>
    )}
  </div>
);

export const WriteDialog = ({ job, open, onClose }: { job: Job; open: OpenJob; onClose: () => void }) => {
  const source = job.source.kind === "folder" ? job.source.path : null;
  // An output in another format is a different file and cannot replace the original.
  const same_format = (job.settings.outputFormat ?? "original") === "original";
  const to = useSignal<"in-place" | "folder">(source === null || !same_format ? "folder" : "in-place");
  const backup = useSignal(true);
  const place = useSignal<Place | null>(null);
  const busy = useSignal(false);
  const result = useSignal<{ result: WriteResult; path: string } | null>(null);
  const in_place = to.value === "in-place";
  const target = in_place ? source : (place.value?.path ?? null);
  // Single images may have been given another format.
  const others = open.rows.filter((image) => image?.state === "done" && image.format !== image.input_format).length;
  const write = async () => {
    if (target === null) return;
    busy.value = true;
    try {
      const body = in_place ? { to: "in-place", backup: backup.value } : { to: "folder", path: target };
      result.value = { result: await send<WriteResult>("POST", open.path("/write"), body, Infinity), path: target };
    } catch (error) {
      tellError(error);
    }
    busy.value = false;
  };
  return (
    <Dialog title={t("write.title")} onClose={onClose}>
      {result.value ? (
        <>
          <Outcome {...result.value} />
          <footer>
            <Button kind="primary" onClick={onClose}>
              {t("common.close")}
            </Button>
          </footer>
        </>
      ) : (
        <>
          {source !== null && same_format && (
            <Segmented
              quiet
              legend={t("write.title")}
              value={to.value}
              options={[
                { value: "in-place", label: t("write.inPlace") },
                { value: "folder", label: t("write.toFolder") },
              ]}
              onChange={(value) => (to.value = value)}
            />
          )}
          {in_place ? (
            <Switch label={t("write.backup")} checked={backup.value} onChange={(value) => (backup.value = value)} />
          ) : (
            <FolderBrowser mayMake onPlace={(value) => (place.value = value)} />
          )}
          <div class={in_place && !backup.value ? "consequence bad" : "consequence"} aria-live="polite">
            {in_place && source !== null && (
              <>
                <p>{t("write.willReplace", { count: job.counts.done - others, path: source })}</p>
                {others > 0 && <p>{t("write.otherFormat", { count: others })}</p>}
                <p>{backup.value ? t("write.willBackup", { path: backupOf(source, info.value?.roots ?? []) }) : t("write.noBackup")}</p>
              </>
            )}
            {!in_place && target !== null && (
              <>
                <p>{t("write.willWrite", { count: job.counts.done + job.counts.kept, path: target })}</p>
                {place.value?.made === false && <p>{t("write.willMake")}</p>}
              </>
            )}
          </div>
          <footer>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button kind={in_place ? "danger" : "primary"} disabled={target === null || busy.value} onClick={() => void write()}>
              {t(in_place ? "write.go" : "write.goFolder")}
            </Button>
          </footer>
        </>
      )}
    </Dialog>
  );
};

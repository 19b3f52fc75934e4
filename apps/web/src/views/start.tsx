import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../i18n";
import { fromFiles } from "../state/incoming";
import { info } from "../state/session";
import { Button } from "../ui/controls";
import { FolderIcon, LockIcon, PictureIcon, SparkIcon } from "../ui/icons";
import { in_window } from "../state/desktop";
import { attempt } from "../ui/toast";
import { dragging } from "./droparea";
import { ChooseFolder } from "./folder";
import { give, tryExample } from "./give";
import { History, jobs } from "./history";
import { SettingsPanel } from "./settings";
import { openFolder } from "./window";

const accepted = () => info.value?.formats.filter((row) => row.read).flatMap((row) => row.extensions.map((text) => `.${text.replace(/^\./, "")}`)).join(",") ?? "image/*";

export const Start = () => {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const choosing = useSignal(false);
  const take = (event: { currentTarget: HTMLInputElement }) => {
    const input = event.currentTarget;
    if (input.files?.length) void give(fromFiles([...input.files]));
    input.value = "";
  };
  return (
    <div class="start">
      <div class="start-main">
        <section class={dragging.value ? "drop over" : "drop"} aria-labelledby="drop-title">
          <div class="drop-art" aria-hidden="true">
            <span class="sheet s1" />
            <span class="sheet s2" />
            <span class="sheet s3">
              <PictureIcon size={34} />
            </span>
          </div>
          <h1 id="drop-title">{dragging.value ? t("drop.now") : t("drop.title")}</h1>
          <p class="hint">{t("drop.hint")}</p>
          <div class="drop-actions">
            <Button kind="primary" onClick={() => files.current?.click()}>
              <PictureIcon /> {t("drop.files")}
            </Button>
            <Button onClick={in_window.value ? attempt(openFolder) : () => (choosing.value = true)}>
              <FolderIcon /> {t("drop.folder")}
            </Button>
          </div>
          {/* Its place is kept: what comes when the jobs are known must push nothing around. */}
          <button type="button" class={jobs.value?.length === 0 ? "link example" : "link example unseen"} onClick={attempt(tryExample)}>
            <SparkIcon size={16} /> {t("example.try")}
          </button>
          <p class="private">
            <LockIcon size={15} /> {t("drop.private")}
          </p>
          <input ref={files} id="pick-files" type="file" hidden multiple accept={accepted()} onChange={take} />
          <input ref={folder} id="pick-folder" type="file" hidden multiple onChange={take} {...{ webkitdirectory: true }} />
        </section>
        <History />
      </div>
      <SettingsPanel />
      {choosing.value && (
        <ChooseFolder
          onClose={() => (choosing.value = false)}
          onCopy={() => {
            choosing.value = false;
            folder.current?.click();
          }}
        />
      )}
    </div>
  );
};

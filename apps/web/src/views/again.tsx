import { useSignal } from "@preact/signals";
import type { Settings } from "../api/types";
import { t } from "../i18n";
import { fromSettings, normalise, toSettings } from "../state/choices";
import type { OpenJob } from "../state/job";
import { Button, Dialog } from "../ui/controls";
import { attempt } from "../ui/toast";
import { SettingsFields } from "./settings";

/**
 * Processes images of a job again, with settings of their own and without another upload.
 * `settings`: the initial choices.
 */
export const AgainDialog = ({ open, indices, settings, onClose }: { open: OpenJob; indices: number[]; settings: Settings; onClose: (begun: boolean) => void }) => {
  const now = useSignal(fromSettings(settings));
  const begin = attempt(async () => {
    await open.retry(indices, toSettings(now.value));
    onClose(true);
  });
  return (
    <Dialog title={t("again.title", { count: indices.length })} onClose={() => onClose(false)}>
      <p class="hint">{t("again.hint")}</p>
      <div class="settings">
        <SettingsFields now={now.value} choose={(some) => (now.value = normalise({ ...now.value, ...some }))} />
      </div>
      <footer>
        <Button onClick={() => onClose(false)}>{t("common.cancel")}</Button>
        <Button kind="primary" onClick={begin}>
          {t("again.begin")}
        </Button>
      </footer>
    </Dialog>
  );
};

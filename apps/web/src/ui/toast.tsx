import { signal } from "@preact/signals";
import { ApiError } from "../api/client";
import { t } from "../i18n";
import { reasonOf } from "../i18n/reasons";
import { Button, Detail } from "./controls";
import { CheckIcon, CloseIcon, WarnIcon } from "./icons";

interface Toast {
  id: number;
  kind: "good" | "bad";
  text: string;
  advice: string;
  /** The exact message from its source, possibly in another language. */
  detail: string;
}

const toasts = signal<readonly Toast[]>([]);
let next = 1;

const drop = (id: number) => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

export const tell = (text: string, kind: Toast["kind"] = "good", advice = "", detail = ""): void => {
  const id = next++;
  toasts.value = [...toasts.value.slice(-2), { id, kind, text, advice, detail }];
  setTimeout(() => drop(id), kind === "good" ? 6000 : 15_000);
};

/** Shows why something did not happen. A lost connection has its own banner and needs no toast. */
export const tellError = (error: unknown): void => {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (error instanceof ApiError) {
    if (error.code === "disconnected" || error.status === 401) return;
    const { text, advice, detail } = reasonOf(error);
    tell(text, "bad", advice, detail);
  } else tell(t("common.unknown"), "bad", "", String(error));
};

/** Runs an action that the server may refuse. */
export const attempt = (action: () => Promise<unknown>) => (): void => {
  action().catch(tellError);
};

export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map((toast) => (
      <div key={toast.id} class={`toast ${toast.kind}`}>
        {toast.kind === "good" ? <CheckIcon /> : <WarnIcon />}
        <span>
          {toast.text} <span class="advice">{toast.advice}</span> <Detail text={toast.detail} />
        </span>
        <Button kind="quiet" label={t("common.close")} onClick={() => drop(toast.id)}>
          <CloseIcon size={16} />
        </Button>
      </div>
    ))}
  </div>
);

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { reasonOf, type Said } from "../i18n/reasons";
import { CloseIcon } from "./icons";

type ButtonProps = {
  kind?: "primary" | "plain" | "quiet" | "danger";
  /** For buttons that are only a picture: what they do. */
  label?: string;
  children: ComponentChildren;
} & Omit<JSX.IntrinsicElements["button"], "label" | "kind" | "ref">;

export const Button = ({ kind = "plain", label, children, class: extra, ...rest }: ButtonProps) => (
  <button
    type="button"
    class={`button ${kind}${label !== undefined ? " round" : ""}${typeof extra === "string" ? ` ${extra}` : ""}`}
    {...(label === undefined ? {} : { "aria-label": label, title: label })}
    {...rest}
  >
    {children}
  </button>
);

interface Option<T> {
  value: T;
  label: ComponentChildren;
  /** Read and shown on hover when the label is a picture. */
  title?: string;
}

/** One of a few: radio buttons that look like one control. Arrow keys choose, as they do in radio buttons. */
export const Segmented = <T extends string>({
  legend,
  options,
  value,
  onChange,
  quiet = false,
}: {
  legend: string;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
  quiet?: boolean;
}) => {
  const name = useId();
  return (
    <fieldset class={quiet ? "segmented quiet" : "segmented"}>
      <legend class={quiet ? "hidden" : "label"}>{legend}</legend>
      <div class="segments">
        {options.map((option) => (
          <label key={option.value} {...(option.title === undefined ? {} : { title: option.title })}>
            <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} {...(option.title === undefined ? {} : { "aria-label": option.title })} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
};

export const Select = <T extends string>({
  label,
  value,
  options,
  onChange,
  hideLabel = false,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
}) => {
  const id = useId();
  return (
    <div class="field">
      <label class={hideLabel ? "hidden" : "label"} for={id}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
};

export const NumberField = ({
  label,
  value,
  min,
  max,
  onChange,
  hideLabel = false,
  title,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
  hideLabel?: boolean;
  title?: string;
}) => {
  const id = useId();
  return (
    <div class="field number">
      <label class={hideLabel ? "hidden" : "label"} for={id}>
        {label}
      </label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        {...(title === undefined ? {} : { title })}
        min={min}
        max={max}
        value={value}
        onChange={(event) => {
          const number = Math.round(Number(event.currentTarget.value));
          const held = Number.isFinite(number) && number !== 0 ? Math.min(max, Math.max(min, number)) : value;
          event.currentTarget.value = String(held);
          onChange(held);
        }}
      />
    </div>
  );
};

export const Switch = ({ label, hint, checked, onChange }: { label: string; hint?: string; checked: boolean; onChange: (checked: boolean) => void }) => {
  const id = useId();
  return (
    <div class="switch">
      <input id={id} type="checkbox" role="switch" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} {...(hint ? { "aria-describedby": `${id}-hint` } : {})} />
      <label for={id}>{label}</label>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
};

/** A modal dialog; the browser keeps the focus inside and gives it back. */
export const Dialog = ({ title, onClose, children, wide = false }: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) => {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class={wide ? "wide" : ""}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <Button kind="quiet" label={t("common.close")} onClick={onClose}>
            <CloseIcon />
          </Button>
        </header>
        {children}
      </div>
    </dialog>
  );
};

/** The exact words of who has said no: English whatever the page speaks. */
export const Detail = ({ text }: { text: string }) => (text ? <small class="detail" lang="en">{text}</small> : null);

/** Why something did not happen. */
export const Why = ({ said }: { said: Said }) => {
  const { text, advice, detail } = reasonOf(said);
  return (
    <span>
      {text} <span class="advice">{advice}</span> <Detail text={detail} />
    </span>
  );
};

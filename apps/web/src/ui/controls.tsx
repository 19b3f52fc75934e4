import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { reasonOf, type Said } from "../i18n/reasons";
import { CloseIcon } from "./icons";

type ButtonProps = {
  kind?: "primary" | "plain" | "quiet" | "danger";
  /** For buttons with only an icon: what they do. */
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
  /** Accessible name and tooltip if the label is an icon. */
  title?: string;
}

/**
 * Selects one of a few options: radio buttons styled as one control. The arrow keys work as usual.
 */
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
  disabled = false,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
  disabled?: boolean;
}) => {
  const id = useId();
  return (
    <div class="field">
      <label class={hideLabel ? "hidden" : "label"} for={id}>
        {label}
      </label>
      <select id={id} value={value} disabled={disabled} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
};

/**
 * A whole number from `min` to `max`. Other input is rejected with a message, and the number stays.
 */
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
  const refused = useSignal<string | null>(null);
  /** The text in the field until it loses focus. */
  const typing = useSignal<string | null>(null);
  /** The browser reports an invalid number as an empty text. */
  const numberIn = (text: string): number | null => {
    const number = Number(text);
    return text !== "" && Number.isInteger(number) && number >= min && number <= max ? number : null;
  };
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
        {...(refused.value === null ? {} : { "aria-invalid": true, "aria-describedby": `${id}-refused` })}
        min={min}
        max={max}
        value={typing.value ?? value}
        onInput={(event) => {
          typing.value = event.currentTarget.value;
          refused.value = null;
          // Applied at once: files may be dropped before the field loses focus.
          const number = numberIn(typing.value);
          if (number !== null) onChange(number);
        }}
        onChange={(event) => {
          const text = event.currentTarget.value;
          if (numberIn(text) === null) refused.value = text;
        }}
        onBlur={(event) => {
          typing.value = null;
          event.currentTarget.value = String(value);
        }}
      />
      {refused.value !== null && (
        <p class="problem small" id={`${id}-refused`} role="alert">
          {t("number.refused", { given: refused.value || "–", min, max, kept: value })}
        </p>
      )}
    </div>
  );
};

export const Switch = ({
  label,
  hint,
  checked,
  onChange,
  disabled = false,
}: {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) => {
  const id = useId();
  return (
    <div class="switch">
      <input id={id} type="checkbox" role="switch" checked={checked} disabled={disabled} onChange={(event) => onChange(event.currentTarget.checked)} {...(hint ? { "aria-describedby": `${id}-hint` } : {})} />
      <label for={id}>{label}</label>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
};

/** The name of an image: first the file, then its folder, so that the folder is cut off first. */
export const FileName = ({ name }: { name: string }) => {
  const slash = name.lastIndexOf("/") + 1;
  return (
    <span class="file-name" title={name}>
      <bdi>{name.slice(slash)}</bdi>
      {slash > 0 && <bdi class="file-folder">{name.slice(0, slash - 1)}</bdi>}
    </span>
  );
};

/** A modal dialog; the browser traps the focus inside and restores it. */
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

/** The exact message of a refusal, which is in English whatever the page's language. */
export const Detail = ({ text }: { text: string }) => (text ? <small class="detail" lang="en">{text}</small> : null);

/** Explains why something did not happen. */
export const Why = ({ said }: { said: Said }) => {
  const { text, advice, detail } = reasonOf(said);
  return (
    <span>
      {text} <span class="advice">{advice}</span> <Detail text={detail} />
    </span>
  );
};

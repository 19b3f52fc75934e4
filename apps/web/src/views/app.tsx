import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { languages, setLanguage, speech, t, type Language } from "../i18n";
import { openJob, reopenJob, showJob } from "../state/job";
import { theme, type Theme } from "../state/preferences";
import { go, route } from "../state/route";
import { adoptAddress, connection, greet } from "../state/session";
import { Button, Segmented, Select } from "../ui/controls";
import { KeyIcon, Mark, MoonIcon, PlugIcon, ScreenIcon, SunIcon } from "../ui/icons";
import { Toasts } from "../ui/toast";
import { Compare } from "./compare";
import { dragging } from "./droparea";
import { JobView } from "./job";
import { resetList } from "./list";
import { Start } from "./start";

const theme_icons: Record<Theme, typeof SunIcon> = { system: ScreenIcon, light: SunIcon, dark: MoonIcon };

const Header = () => (
  <header class="top">
    <a
      class="brand"
      href="#/"
      onClick={(event) => {
        event.preventDefault();
        go({ view: "start" });
      }}
    >
      <Mark />
      <span>imgmill</span>
    </a>
    <p class="tagline">{t("app.tagline")}</p>
    <div class="top-tools">
      <Select hideLabel label={t("app.language")} value={speech.value.language} options={languages.map(({ code, name }) => ({ value: code, label: name }))} onChange={(code: Language) => void setLanguage(code, "chosen")} />
      <Segmented
        quiet
        legend={t("app.theme")}
        value={theme.value}
        options={(["system", "light", "dark"] as const).map((value) => {
          const Icon = theme_icons[value];
          return { value, label: <Icon size={16} />, title: t(`theme.${value}`) };
        })}
        onChange={(value) => (theme.value = value)}
      />
    </div>
  </header>
);

const Lost = () => (
  <div class="lost" role="alert">
    <PlugIcon />
    <div>
      <strong>{t("lost.title")}</strong>
      <span> {t("lost.advice")}</span>
    </div>
    <Mark size={18} turning />
  </div>
);

/** Adopts a new address of the same server, and continues in the current view. */
export const takeAddress = async (address: string): Promise<boolean> => {
  if (!adoptAddress(address)) return false;
  const fits = await greet();
  if (fits) reopenJob();
  return fits;
};

const Refused = () => {
  const address = useSignal("");
  const wrong = useSignal(false);
  return (
    <div class="center-message">
      <KeyIcon size={40} />
      <h1>{t("refused.title")}</h1>
      <p>{t("refused.advice")}</p>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void takeAddress(address.value).then((taken) => (wrong.value = !taken));
        }}
      >
        <input type="text" aria-label={t("refused.address")} placeholder="http://127.0.0.1:…/#token=…" autocomplete="off" spellcheck={false} value={address.value} onInput={(event) => (address.value = event.currentTarget.value)} />
        <Button kind="primary" type="submit">
          {t("refused.open")}
        </Button>
      </form>
      {wrong.value && (
        <p class="problem" role="alert">
          {t("refused.wrong")}
        </p>
      )}
    </div>
  );
};

const Content = () => {
  const at = route.value;
  const job = at.view === "start" ? null : at.job;
  const came_from = useRef<string | null>(null);
  // Before painting: there is no frame without content, and the next key finds the focus.
  useLayoutEffect(() => {
    const returns = job === null && came_from.current !== null;
    came_from.current = job;
    if (job !== openJob.peek()?.id) resetList();
    showJob(job);
    // Not where the previous page was scrolled to. Returning from an image is not a new job.
    if (job !== null) scrollTo(0, 0);
    if (job === null) {
      document.title = "imgmill";
      scrollTo(0, 0);
      // Returning from a job by keyboard sets the focus to the top, not nowhere.
      if (returns) document.getElementById("main")?.focus({ preventScroll: true });
    }
  }, [job]);
  const open = openJob.value;
  if (at.view === "start") return <Start />;
  if (open?.id !== job) return null;
  return at.view === "image" ? <Compare open={open} index={at.index} /> : <JobView open={open} tab={at.tab} />;
};

export const App = () => {
  const state = connection.value;
  const image = route.value.view === "image" && state !== "refused";
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>
        {t("app.skip")}
      </a>
      {!image && <Header />}
      {state === "lost" && <Lost />}
      <main id="main" tabIndex={-1}>
        {state === "refused" ? <Refused /> : state === "starting" && route.value.view === "start" ? <Start /> : <Content />}
      </main>
      {dragging.value && route.value.view !== "start" && <div class="drop-veil">{t("drop.now")}</div>}
      <Toasts />
    </>
  );
};

import { t } from "../i18n";
import { examplePictures } from "../state/example";
import { choices } from "../state/preferences";
import { toSettings } from "../state/choices";
import { fromFiles, imageTest, type Given, type Incoming, type Unreadable } from "../state/incoming";
import { openJob } from "../state/job";
import { go, route } from "../state/route";
import { info } from "../state/session";
import { addUploads, startUploads } from "../state/uploads";
import { tell, tellError } from "../ui/toast";

interface Peeked {
  first: Incoming | null;
  more: boolean;
  /** The first folder that could not be read. */
  unreadable: Unreadable | null;
  /** The complete source. */
  all: Given;
}

/**
 * Finds the first two images of a source: the first names the job, the second shows that there are
 * more.
 */
const peek = async (source: Given): Promise<Peeked> => {
  const isImage = imageTest(info.value);
  const seen: (Incoming | Unreadable)[] = [];
  let unreadable: Unreadable | null = null;
  const images: Incoming[] = [];
  const iterator = source[Symbol.asyncIterator]();
  while (images.length < 2) {
    const step = await iterator.next();
    if (step.done) break;
    seen.push(step.value);
    if ("error" in step.value) unreadable ??= step.value;
    else if (isImage(step.value.name)) images.push(step.value);
  }
  const all = async function* () {
    yield* seen;
    for (;;) {
      const step = await iterator.next();
      if (step.done) return;
      yield step.value;
    }
  };
  return { first: images[0] ?? null, more: images.length > 1, unreadable, all: all() };
};

/**
 * Handles images from anywhere: adds them to the open job if it still accepts files, else creates
 * one.
 */
export const give = async (source: Given): Promise<void> => {
  try {
    const { first, more, unreadable, all } = await peek(source);
    if (!first) {
      if (unreadable) tell(t("reason.unreadable"), "bad", t("reason.unreadable.do"), `${unreadable.name}: ${String(unreadable.error)}`);
      else tell(t("drop.none"), "bad");
      return;
    }
    const open = route.value.view === "job" ? openJob.value : null;
    if (open?.job.value?.state === "receiving" && open.job.value.source.kind === "uploads") {
      addUploads(open.id, all);
      return;
    }
    const folder = first.name.includes("/") ? (first.name.split("/")[0] ?? null) : null;
    const job = await startUploads(all, toSettings(choices.value), folder ?? (more ? `${first.name} …` : first.name));
    go({ view: "job", job, tab: "images" });
  } catch (error) {
    tellError(error);
  }
};

/** Starts a job with generated pictures, for users who want to see what happens first. */
export const tryExample = async (): Promise<void> => {
  const files = await examplePictures();
  const job = await startUploads(fromFiles(files), toSettings(choices.value), t("example.name"));
  go({ view: "job", job, tab: "images" });
};

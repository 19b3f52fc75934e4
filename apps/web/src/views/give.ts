import { t } from "../i18n";
import { choices } from "../state/preferences";
import { toSettings } from "../state/choices";
import { imageTest, type Incoming } from "../state/incoming";
import { openJob } from "../state/job";
import { go, route } from "../state/route";
import { info } from "../state/session";
import { addUploads, startUploads } from "../state/uploads";
import { tell, tellError } from "../ui/toast";

interface Peeked {
  first: Incoming | null;
  more: boolean;
  /** The source as it was. */
  all: AsyncIterable<Incoming>;
}

/** Looks for the first two images of a source: the one names the job, the other tells that it is not alone. */
const peek = async (source: AsyncIterable<Incoming>): Promise<Peeked> => {
  const isImage = imageTest(info.value);
  const seen: Incoming[] = [];
  const images: Incoming[] = [];
  const iterator = source[Symbol.asyncIterator]();
  while (images.length < 2) {
    const step = await iterator.next();
    if (step.done) break;
    seen.push(step.value);
    if (isImage(step.value.name)) images.push(step.value);
  }
  const all = async function* () {
    yield* seen;
    for (;;) {
      const step = await iterator.next();
      if (step.done) return;
      yield step.value;
    }
  };
  return { first: images[0] ?? null, more: images.length > 1, all: all() };
};

/** Images that were given anywhere: more of the open job while that still receives, otherwise a job of their own. */
export const give = async (source: AsyncIterable<Incoming>): Promise<void> => {
  try {
    const { first, more, all } = await peek(source);
    if (!first) {
      tell(t("drop.none"), "bad");
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

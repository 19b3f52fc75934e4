import { t } from "../i18n";
import { choices } from "../state/preferences";
import { toSettings } from "../state/choices";
import { imageTest, type Incoming } from "../state/incoming";
import { openJob } from "../state/job";
import { go, route } from "../state/route";
import { info } from "../state/session";
import { addUploads, startUploads } from "../state/uploads";
import { tell, tellError } from "../ui/toast";

/** The first image of a source, and the source as it was. */
const peek = async (source: AsyncIterable<Incoming>): Promise<{ first: Incoming | null; all: AsyncIterable<Incoming> }> => {
  const isImage = imageTest(info.value);
  const seen: Incoming[] = [];
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) break;
    seen.push(value);
    if (isImage(value.name)) {
      const all = async function* () {
        yield* seen;
        for (;;) {
          const step = await iterator.next();
          if (step.done) return;
          yield step.value;
        }
      };
      return { first: value, all: all() };
    }
  }
  return { first: null, all: source };
};

/** Images that were given anywhere: more of the open job while that still receives, otherwise a job of their own. */
export const give = async (source: AsyncIterable<Incoming>): Promise<void> => {
  try {
    const { first, all } = await peek(source);
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
    const job = await startUploads(all, toSettings(choices.value), folder ?? first.name);
    go({ view: "job", job, tab: "images" });
  } catch (error) {
    tellError(error);
  }
};

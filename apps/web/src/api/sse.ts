/** One message of a stream of server-sent events. */
export interface Message {
  event: string;
  data: string;
  id: string | null;
}

/**
 * Parses the text of an event stream, in chunks of any size (the format is "Server-sent events" in
 * the WHATWG HTML standard).
 */
export class SseParser {
  private rest = "";
  private event = "";
  private data: string[] = [];
  private id: string | null = null;

  push(text: string): Message[] {
    const messages: Message[] = [];
    // A trailing CR may be half of a CRLF: it waits for the next chunk.
    const all = this.rest + text;
    const end = all.endsWith("\r") ? all.length - 1 : all.length;
    const lines = all.slice(0, end).split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? "") + all.slice(end);
    for (const line of lines) {
      const message = this.line(line);
      if (message) messages.push(message);
    }
    return messages;
  }

  private line(line: string): Message | null {
    if (line === "") {
      const { event, data, id } = this;
      this.event = "";
      this.data = [];
      this.id = null;
      return data.length > 0 ? { event: event || "message", data: data.join("\n"), id } : null;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id") this.id = value;
    return null;
  }
}

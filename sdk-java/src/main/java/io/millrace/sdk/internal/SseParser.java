package io.millrace.sdk.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Reads Server-Sent Events (WHATWG HTML 9.2.6) from bytes as they come. An event that is not ended
 * by an empty line is none. Confined to the reader's thread.
 */
final class SseParser {
  private static final int MOST_RETRY_DIGITS = 9;

  /** Hears what is read. */
  interface Handler {
    void event(String name, String data);

    /** How long to wait before the next connection. */
    void retry(Duration delay);
  }

  private final int mostBytes;
  private final Handler handler;

  // Of the line.
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean afterCarriageReturn;
  private boolean firstLine = true;

  // Of the event.
  private final StringBuilder data = new StringBuilder();
  private boolean hasData;
  private String name = "";

  /**
   * Begins a stream.
   *
   * @param mostBytes the most that an event may have
   */
  SseParser(int mostBytes, Handler handler) {
    this.mostBytes = mostBytes;
    this.handler = handler;
  }

  /** Reads on. Throws a {@link FormatException} where an event is too large. */
  void accept(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n' && afterCarriageReturn) {
        afterCarriageReturn = false;
        continue;
      }
      afterCarriageReturn = next == '\r';
      if (next == '\n' || next == '\r') {
        endLine();
      } else if (line.size() + data.length() >= mostBytes) {
        throw new FormatException("An event has more than %d bytes".formatted(mostBytes));
      } else {
        line.write(next);
      }
    }
  }

  private void endLine() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (firstLine && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    firstLine = false;
    if (text.isEmpty()) {
      endEvent();
    } else {
      int colon = text.indexOf(':');
      String field = colon < 0 ? text : text.substring(0, colon);
      String value = colon < 0 ? "" : text.substring(colon + 1);
      field(field, value.startsWith(" ") ? value.substring(1) : value);
    }
  }

  /** A line that begins with a colon is a comment: a field without a name. */
  private void field(String field, String value) {
    switch (field) {
      case "event" -> name = value;
      case "data" -> {
        data.append(hasData ? "\n" : "").append(value);
        hasData = true;
      }
      case "retry" -> {
        if (value.length() <= MOST_RETRY_DIGITS
            && !value.isEmpty()
            && value.chars().allMatch(each -> each >= '0' && each <= '9')) {
          handler.retry(Duration.ofMillis(Integer.parseInt(value)));
        }
      }
      default -> {}
    }
  }

  private void endEvent() {
    String event = name;
    String text = data.toString();
    boolean complete = hasData;
    name = "";
    data.setLength(0);
    hasData = false;
    if (complete) {
      handler.event(event, text);
    }
  }
}

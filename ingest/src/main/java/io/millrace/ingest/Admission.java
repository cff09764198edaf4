package io.millrace.ingest;

import java.util.Objects;

/** Answers a publisher that asks to publish. */
public sealed interface Admission {

  /** The key is good: what comes in goes to the publication, from the connection's own thread. */
  record Admitted(Publication publication) implements Admission {
    public Admitted {
      Objects.requireNonNull(publication, "publication");
    }
  }

  record Refused(Reason reason) implements Admission {
    public Refused {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** Says why a publisher was refused, with a sentence for the person at the encoder. */
  enum Reason {
    NO_KEY(
        "no stream key was given: it goes into the encoder's field for it, or after the address"),
    UNKNOWN_KEY("unknown stream key"),
    NOT_READY("this server does not know its channels yet, try again shortly"),
    CHANNEL_BUSY("the channel is live from another stream key"),
    TOO_MANY_PUBLISHERS("this server carries as many streams as it may"),
    SHUTTING_DOWN("this server is stopping");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}

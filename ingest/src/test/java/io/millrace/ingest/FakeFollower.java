package io.millrace.ingest;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps every message; reads may come from any thread. */
public final class FakeFollower implements Follower {
  private final List<FeedMessage> messages = new CopyOnWriteArrayList<>();

  @Override
  public void send(FeedMessage message) {
    messages.add(message);
  }

  public List<FeedMessage> messages() {
    return messages;
  }

  public List<InputEntry> entries() {
    return messages.stream()
        .filter(FeedMessage.Input.class::isInstance)
        .map(message -> ((FeedMessage.Input) message).entry())
        .toList();
  }

  public List<InputRecord> records() {
    return entries().stream().map(InputEntry::record).toList();
  }

  public <R extends InputRecord> List<R> records(Class<R> kind) {
    return records().stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}

package io.millrace.ingest;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A publisher's connection that only remembers. */
final class FakeHandle implements PublisherHandle {
  private final List<CloseReason> closed = new CopyOnWriteArrayList<>();
  private final AtomicInteger writable = new AtomicInteger();

  @Override
  public void closed(CloseReason reason) {
    closed.add(reason);
  }

  @Override
  public void writable() {
    writable.incrementAndGet();
  }

  List<CloseReason> closings() {
    return closed;
  }

  int resumed() {
    return writable.get();
  }
}

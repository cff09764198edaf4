package io.millrace.bench.flood;

import io.millrace.bench.machine.UdpPorts;
import io.millrace.server.data.Endpoints;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends forged datagrams at a bounded pace to every UDP port of some processes, those that they
 * listen on and those that they send from, until it is closed.
 */
public final class DatagramFlood implements AutoCloseable {
  /** The stream on which links are asked for, and the first ones of links. */
  private static final int[] STREAMS = {1, 100, 101, 102, 103, 104, 105, 106, 107, 108};

  private static final int PAUSES_A_SECOND = 50;

  private final int perSecond;
  private final List<InetSocketAddress> targets = new ArrayList<>();
  private final AtomicLong sent = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;
  private volatile @Nullable IOException failure;

  private DatagramFlood(int perSecond, List<MillraceProcess> processes) throws IOException {
    this.perSecond = perSecond;
    for (MillraceProcess process : processes) {
      Set<Integer> ports = UdpPorts.of(process.pid());
      int listening =
          Endpoints.read(process.data()).flatMap(all -> all.address("fabric")).orElseThrow().port();
      for (int port : ports) {
        // Every second datagram goes where most can be done.
        int times = port == listening ? Math.max(1, ports.size() - 1) : 1;
        targets.addAll(
            Collections.nCopies(
                times, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
      }
    }
    thread = Thread.ofPlatform().name("datagrams").daemon().unstarted(this::run);
  }

  /** So many datagrams a second to all ports together. */
  public static DatagramFlood start(int perSecond, List<MillraceProcess> processes)
      throws IOException {
    DatagramFlood flood = new DatagramFlood(perSecond, processes);
    flood.thread.start();
    return flood;
  }

  private void run() {
    SplittableRandom random = new SplittableRandom(1);
    AeronFrames frames = new AeronFrames(random, STREAMS);
    try (DatagramSocket socket = new DatagramSocket()) {
      while (!closing) {
        for (int i = 0; i < Math.ceilDiv(perSecond, PAUSES_A_SECOND); i++) {
          send(socket, frames.next(), targets.get(random.nextInt(targets.size())));
        }
        TimeUnit.MILLISECONDS.sleep(1_000 / PAUSES_A_SECOND);
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(DatagramSocket socket, byte[] bytes, InetSocketAddress to) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, to));
    sent.incrementAndGet();
  }

  /** Throws where the flood ended before it was closed. */
  public void check() throws IOException {
    IOException seen = failure;
    if (seen != null) {
      throw new IOException("the datagrams ended: " + seen.getMessage(), seen);
    }
  }

  /** Datagrams sent so far. */
  public long sent() {
    return sent.get();
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

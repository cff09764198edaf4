package io.millrace.control.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.context.Context;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.socket.PlainSocket;
import io.helidon.common.socket.SocketWriter;
import io.helidon.http.DirectHandler;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.millrace.limits.FairBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the API: what Helidon reads from, within limits, and writes to. Confined to its
 * own thread, on which all of its requests are served, but for what ends it.
 */
final class HttpConnection implements ConnectionContext {
  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);
  private static final ScopedValue<HttpConnection> CURRENT = ScopedValue.newInstance();

  /** A byte of a body may come as a chunk of its own, with five around it. */
  private static final int MOST_PER_BODY_BYTE = 8;

  /** What each piece that was read costs beside its bytes, of which there may be one. */
  private static final int PIECE_BYTES = 64;

  private static final Duration LINGER = Duration.ofSeconds(1);

  /** What the connections of a listener have in common. */
  record Shared(
      Context context,
      MediaContext mediaContext,
      ContentEncodingContext contentEncodingContext,
      DirectHandlers directHandlers,
      ListenerConfig config,
      ExecutorService executor)
      implements ListenerContext {}

  private final Shared shared;
  private final Router router;
  private final Socket socket;
  private final HelidonSocket plain;
  private final StrictReader reader;
  private final SocketWriter writer;
  private final ServerConnection http;
  private final Thread thread;
  private final long mostBytes;
  private final long mostPieces;
  private final FairBudget budget;

  // Of the request that is being served.
  private boolean isHead;
  private boolean isRouted;
  private boolean refused;
  private long bytes;
  private int pieces;

  private volatile boolean begun;
  private volatile boolean running;
  private volatile boolean late;
  private volatile boolean finishing;
  private volatile boolean answered;

  /**
   * Serves nothing before {@link #start}.
   *
   * @param ended hears of its end
   */
  HttpConnection(
      Socket socket,
      ServerConnectionSelector protocol,
      Router router,
      Shared shared,
      ApiLimits limits,
      FairBudget budget,
      Consumer<HttpConnection> ended) {
    this.shared = shared;
    this.router = router;
    this.socket = socket;
    this.mostBytes = limits.mostHeadBytes() + (long) MOST_PER_BODY_BYTE * limits.mostBodyBytes();
    this.mostPieces = mostBytes / PIECE_BYTES;
    this.budget = budget;
    this.plain = PlainSocket.server(socket, Integer.toHexString(hashCode()), "api");
    this.reader = new StrictReader();
    this.writer = SocketWriter.create(plain);
    this.http = protocol.connection(this);
    this.thread =
        Thread.ofVirtual()
            .name("control-http")
            .unstarted(
                () -> {
                  try {
                    ScopedValue.where(CURRENT, this).run(this::serve);
                  } finally {
                    forget();
                    ended.accept(this);
                  }
                });
  }

  /** The one whose thread this is. */
  static HttpConnection current() {
    return CURRENT.get();
  }

  void start() {
    thread.start();
  }

  private void serve() {
    try (socket) {
      try {
        http.handle(FixedLimit.create());
      } finally {
        answered = true;
        forget();
        linger();
      }
    } catch (CloseConnectionException | UncheckedIOException | IOException e) {
      log.trace("A connection to the API ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.warn("A connection to the API failed", e);
    }
  }

  /**
   * What a refused request still sends is taken for a moment: closed at once, its client would be
   * reset, and might never see the answer (RFC 9112 9.6).
   */
  private void linger() {
    if (!refused && !running) { // it came to its end
      return;
    }
    long endNs = System.nanoTime() + LINGER.toNanos();
    try {
      socket.shutdownOutput();
      socket.setSoTimeout((int) LINGER.toMillis());
      byte[] dropped = new byte[8_192];
      while (System.nanoTime() - endNs < 0 && socket.getInputStream().read(dropped) >= 0) {
        log.trace("More of a refused request is dropped");
      }
    } catch (IOException e) {
      log.trace("A refused request's connection is gone", e);
    }
  }

  /** The next bytes that came; null where there are none any more. */
  private byte @Nullable [] read() {
    if (refused) {
      return null;
    }
    if (bytes > mostBytes) {
      throw refusal(Status.REQUEST_ENTITY_TOO_LARGE_413);
    }
    if (pieces > mostPieces) {
      throw refusal(Status.BAD_REQUEST_400, RequestFraming.PIECES);
    }
    byte[] next;
    try {
      next = plain.get();
    } catch (UncheckedIOException e) {
      throw new ServerConnectionException("The connection broke", e);
    }
    if (next != null) {
      bytes += next.length;
      pieces++;
      budget.add(next.length + PIECE_BYTES);
      if (keptBytes() > budget.shareBytes()) {
        throw refusal(Status.SERVICE_UNAVAILABLE_503);
      }
    } else if (late) {
      throw refusal(Status.REQUEST_TIMEOUT_408);
    }
    return next;
  }

  /** Looks at what Helidon skips after a chunk, and takes nothing but digits for its size. */
  private final class StrictReader extends DataReader {
    private static final int LINE_END_BYTES = 2;
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-7]?[0-9A-Fa-f]{1,7}");

    private boolean isChunkNext;
    private boolean isEndNext;
    private boolean isLineEndNext;

    StrictReader() {
      super(HttpConnection.this::read);
    }

    void begin() {
      isChunkNext = false;
      isEndNext = false;
      isLineEndNext = false;
    }

    /** Only the lines of a chunked body are read so. */
    @Override
    public String readLine() {
      String line = super.readLine();
      boolean isRight = isEndNext ? line.isEmpty() : CHUNK_SIZE.matcher(line).matches();
      if (!isRight) {
        throw refusal(Status.BAD_REQUEST_400);
      }
      isEndNext = !isEndNext && line.chars().allMatch(digit -> digit == '0');
      isChunkNext = !isEndNext && !line.isEmpty();
      return line;
    }

    @Override
    public BufferData readBuffer(int length) {
      BufferData data = super.readBuffer(length);
      isLineEndNext = isChunkNext;
      isChunkNext = false;
      return data;
    }

    @Override
    public void skip(int length) {
      boolean isLineEnd = isLineEndNext && length == LINE_END_BYTES;
      isLineEndNext = false;
      if (!isLineEnd) {
        super.skip(length);
      } else if (read() != '\r' || read() != '\n') {
        throw refusal(Status.BAD_REQUEST_400);
      }
    }
  }

  /** The rest of the request is not read any more, and so no other. */
  private RequestException refusal(Status status) {
    return refusal(status, status.reasonPhrase());
  }

  private RequestException refusal(Status status, String why) {
    refused = true;
    finishing = true;
    return RequestException.builder()
        .type(DirectHandler.EventType.OTHER)
        .status(status)
        .setKeepAlive(false)
        .message(why)
        .build();
  }

  /** The first line of a request is there. */
  void requestBegins(HttpPrologue prologue) {
    forget();
    begun = true;
    running = true;
    isRouted = false;
    reader.begin();
    isHead = prologue.method().equals(Method.HEAD);
  }

  /** Sends the body, or what a HEAD is told of it (RFC 9110 9.3.2): Helidon would send it all. */
  void send(ServerResponse response, byte[] body) {
    if (isHead) {
      response.headers().contentLength(body.length);
      response.send(new byte[0]);
    } else {
      response.send(body);
    }
  }

  void requestIsRouted() {
    isRouted = true;
  }

  boolean isRouted() {
    return isRouted;
  }

  /** It has its answer: that its input was ended is no news to tell with the next one's. */
  void requestEnds() {
    forget();
    late = false;
    running = false;
    isRouted = false;
  }

  private long keptBytes() {
    return bytes + (long) pieces * PIECE_BYTES;
  }

  private void forget() {
    budget.add(-keptBytes());
    bytes = 0;
    pieces = 0;
  }

  /**
   * Has who waits for more of the request learn that it is late, and tell. Any thread.
   *
   * @return whether that was news
   */
  boolean endInput() {
    if (late) {
      return false;
    }
    late = true;
    try {
      socket.shutdownInput();
    } catch (IOException e) {
      log.trace("A late connection is gone already", e);
    }
    return true;
  }

  /** Ends it after the answer that is under way, or at once where there is none. Any thread. */
  void finish() {
    finishing = true;
    http.close(false);
  }

  /** Its request cannot be read to the end: nothing is read any more, and no other is served. */
  void giveUp() {
    refused = true;
    finish();
  }

  /** Whether there will be no other request. */
  boolean isFinishing() {
    return finishing;
  }

  /**
   * Ends it where nothing has come for too long. Any thread.
   *
   * @return whether it was so for the first time
   */
  boolean finishIfIdle(ApiLimits limits) {
    Duration timeout = begun ? limits.idleTimeout() : limits.headTimeout();
    if (running || finishing || http.idleTime().compareTo(timeout) <= 0) {
      return false;
    }
    finish();
    return true;
  }

  /** Ends it at once. Any thread. */
  void end() {
    thread.interrupt();
  }

  /** Whether its last answer is written, or it is gone. Any thread. */
  boolean hasEnded() {
    return answered || !thread.isAlive();
  }

  /** Returns after that time, or earlier where it has ended. */
  void awaitEnd(Duration timeout) throws InterruptedException {
    var _ = thread.join(timeout);
  }

  @Override
  public ListenerContext listenerContext() {
    return shared;
  }

  @Override
  public ExecutorService executor() {
    return shared.executor();
  }

  @Override
  public DataWriter dataWriter() {
    return writer;
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public Router router() {
    return router;
  }

  @Override
  public HelidonSocket serverSocket() {
    return plain;
  }

  @Override
  public PeerInfo remotePeer() {
    return plain.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return plain.localPeer();
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public String socketId() {
    return plain.socketId();
  }

  @Override
  public String childSocketId() {
    return plain.childSocketId();
  }
}

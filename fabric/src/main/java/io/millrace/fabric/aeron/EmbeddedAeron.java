package io.millrace.fabric.aeron;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.exceptions.AeronException;
import java.net.StandardSocketOptions;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a process's media driver and Aeron client, neither with a thread of its own: {@link
 * #invoke} does their work. Confined to the agent thread once it was opened.
 */
final class EmbeddedAeron {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedAeron.class);
  private static final long SECOND_NS = 1_000_000_000;
  private static final long TELL_EVERY_NS = 10 * SECOND_NS;

  /** A stopped or suspended process must find its own driver alive when it goes on. */
  private static final long FOR_EVER_NS = TimeUnit.HOURS.toNanos(24);

  private final FabricMetrics metrics;
  private final MediaDriver driver;
  private final AgentInvoker driverInvoker;
  private final AgentInvoker clientInvoker;
  private final Aeron client;
  private long naks;
  private long invalidDatagrams;
  private long retransmits;
  private long errorsUntold;
  private long toldNs = System.nanoTime() - TELL_EVERY_NS;

  private EmbeddedAeron(
      FabricConfig config,
      FabricMetrics metrics,
      AgentWaiter waiter,
      ReceiveChannelEndpointSupplier receivers) {
    this.metrics = metrics;
    this.driver = MediaDriver.launch(driverContext(config, waiter, receivers));
    this.driverInvoker = driver.sharedAgentInvoker();
    try {
      this.client = Aeron.connect(clientContext());
      this.clientInvoker = client.conductorAgentInvoker();
    } catch (Throwable e) { // checked ones too, which Aeron throws undeclared
      CloseHelper.quietClose(driver);
      throw e;
    }
  }

  /**
   * Launches the driver and connects the client.
   *
   * @param receivers makes the endpoints that datagrams are received with
   */
  static EmbeddedAeron open(
      FabricConfig config,
      FabricMetrics metrics,
      AgentWaiter waiter,
      ReceiveChannelEndpointSupplier receivers) {
    return new EmbeddedAeron(config, metrics, waiter, receivers);
  }

  /** How much a receiver lets be on its way to it at once. */
  static int windowBytes(FabricConfig config) {
    return Math.min(receiveBuffer(config), config.streams().mediaTermBytes() / 2) / 2;
  }

  private static int receiveBuffer(FabricConfig config) {
    return Endpoints.socketBuffer(
        StandardSocketOptions.SO_RCVBUF, config.streams().socketBufferBytes());
  }

  private MediaDriver.Context driverContext(
      FabricConfig config, AgentWaiter waiter, ReceiveChannelEndpointSupplier receivers) {
    MediaDriver.Context ctx = new MediaDriver.Context();
    int receiveBuffer = receiveBuffer(config);
    int sendBuffer =
        Endpoints.socketBuffer(
            StandardSocketOptions.SO_SNDBUF, config.streams().socketBufferBytes());
    ctx.aeronDirectoryName(config.directory().toString())
        .dirDeleteOnStart(true)
        .dirDeleteOnShutdown(true)
        .warnIfDirectoryExists(false)
        .threadingMode(ThreadingMode.INVOKER)
        .asyncExecutorEnabled(false)
        .useWindowsHighResTimer(false)
        .socketRcvbufLength(receiveBuffer)
        .socketSndbufLength(sendBuffer)
        .initialWindowLength(windowBytes(config))
        .ipcMtuLength(65_504)
        .ipcTermBufferLength(config.streams().mediaTermBytes())
        .publicationTermBufferLength(config.streams().mediaTermBytes())
        .termBufferSparseFile(true)
        .counterValuesBufferLength(1 << 20)
        .nakUnicastDelayNs(100_000)
        .publicationLingerTimeoutNs(SECOND_NS)
        .imageLivenessTimeoutNs(config.times().linkTimeout().toNanos() + 3 * SECOND_NS)
        .clientLivenessTimeoutNs(FOR_EVER_NS)
        .publicationUnblockTimeoutNs(2 * FOR_EVER_NS)
        .receiveChannelEndpointSupplier(receivers)
        .sendChannelEndpointSupplier(
            (channel, status, context) -> new WatchedSendEndpoint(channel, status, context, waiter))
        .errorHandler(this::onDriverError);
    ctx.driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(FOR_EVER_NS));
    return ctx;
  }

  private Aeron.Context clientContext() {
    Aeron.Context ctx =
        new Aeron.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .useConductorAgentInvoker(true)
            .driverAgentInvoker(driverInvoker)
            .errorHandler(this::onClientError);
    ctx.driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(FOR_EVER_NS));
    return ctx;
  }

  private void onDriverError(Throwable error) {
    metrics.driverErrors.inc();
    errorsUntold++;
    long nowNs = System.nanoTime();
    if (nowNs - toldNs < TELL_EVERY_NS) { // a peer may cause as many as it likes
      return;
    }
    log.warn(
        "aeron: errors={} last: {}",
        errorsUntold,
        error.getMessage(),
        log.isDebugEnabled() ? error : null);
    toldNs = nowNs;
    errorsUntold = 0;
  }

  /** Aeron hands over what a handler threw while it polled. */
  private void onClientError(Throwable error) {
    if (error instanceof AeronException) {
      onDriverError(error);
    } else {
      metrics.callbackErrors.inc();
      log.error("callback failed", error);
    }
  }

  Aeron client() {
    return client;
  }

  /** On the thread that calls {@link #invoke} from now on. */
  void start() {
    driverInvoker.start();
    clientInvoker.start();
  }

  /** Does what the driver and the client have to do; returns how much it did. */
  int invoke() {
    return driverInvoker.invoke() + clientInvoker.invoke();
  }

  /** Brings the metrics up to what the driver has counted. */
  void count() {
    var counters = driver.context().systemCounters();
    long naksNow = counters.get(SystemCounterDescriptor.NAK_MESSAGES_SENT).get();
    long retransmitsNow = counters.get(SystemCounterDescriptor.RETRANSMITS_SENT).get();
    metrics.nakMessages.inc(naksNow - naks);
    metrics.retransmits.inc(retransmitsNow - retransmits);
    long invalidNow = counters.get(SystemCounterDescriptor.INVALID_PACKETS).get();
    metrics.invalidDatagrams.inc(invalidNow - invalidDatagrams);
    invalidDatagrams = invalidNow;
    naks = naksNow;
    retransmits = retransmitsNow;
  }

  void closeClient() {
    client.close();
  }

  void closeDriver() {
    driver.close();
  }
}

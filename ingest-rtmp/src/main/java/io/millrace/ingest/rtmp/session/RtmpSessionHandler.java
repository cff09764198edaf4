package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.Admission;
import io.millrace.ingest.CloseReason;
import io.millrace.ingest.Ingest;
import io.millrace.ingest.Publication;
import io.millrace.ingest.PublisherAddress;
import io.millrace.ingest.PublisherHandle;
import io.millrace.ingest.StreamKey;
import io.millrace.ingest.rtmp.chunk.ChunkDecoder;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.handshake.ServerHandshakeHandler;
import io.millrace.media.MalformedMediaException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a publisher's session on its channel: does what {@link RtmpSession} decides, and stops
 * reading while the ingest cannot take more. Confined to the channel's event loop.
 */
public final class RtmpSessionHandler extends SimpleChannelInboundHandler<RtmpMessage> {
  private static final Logger log = LoggerFactory.getLogger(RtmpSessionHandler.class);
  private static final long TIMER_MS = 500;
  private static final long KEY_TICK_MS = 50;

  private final SessionConfig config;
  private final Ingest ingest;
  private final RtmpMetrics metrics;
  private final ChunkDecoder decoder;
  private final RtmpSession session;
  private long countedBytes;
  private String peer = "";
  private @Nullable Future<?> timer;
  private @Nullable Future<?> keyTimer;
  private @Nullable Publication publication;
  private @Nullable Handle handle;
  private @Nullable FlvPublisher publisher;
  private CloseReason closeReason = CloseReason.DISCONNECTED;

  public RtmpSessionHandler(
      SessionConfig config, Ingest ingest, RtmpMetrics metrics, ChunkDecoder decoder) {
    this.config = config;
    this.ingest = ingest;
    this.metrics = metrics;
    this.decoder = decoder;
    this.session = new RtmpSession(config, System.nanoTime());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    peer =
        ctx.channel().remoteAddress() instanceof InetSocketAddress address
            ? NetUtil.toSocketAddressString(address)
            : String.valueOf(ctx.channel().remoteAddress());
    log.debug("connection opened: peer={}", peer);
    timer =
        ctx.executor()
            .scheduleAtFixedRate(() -> onTimer(ctx), TIMER_MS, TIMER_MS, TimeUnit.MILLISECONDS);
    ctx.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ServerHandshakeHandler.Event.DONE) {
      session.handshakeDone(System.nanoTime());
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, RtmpMessage message) {
    try {
      perform(ctx, session.onMessage(message, System.nanoTime()));
    } catch (RtmpException e) {
      if (e.scope() == RtmpException.Scope.CONNECTION) {
        throw e;
      }
      metrics.error(e);
      log.debug("message dropped: peer={} {}", peer, e.getMessage());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    long received = decoder.receivedBytes();
    metrics.received(received - countedBytes);
    countedBytes = received;
    perform(ctx, session.onBytes(received, System.nanoTime()));
    ctx.flush();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      // Our answers are few and small: a peer that does not read them will not read more.
      metrics.beyond(Limit.UNREAD_ANSWERS);
      close(ctx, CloseReason.PROTOCOL_ERROR);
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel(timer);
    cancel(keyTimer);
    log.debug("connection closed: peer={} reason={}", peer, closeReason.text());
    finish(closeReason);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
    Throwable cause =
        thrown instanceof DecoderException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof RtmpException e) {
      metrics.error(e);
      log.debug("connection broke the protocol: peer={} {}", peer, e.getMessage());
      close(ctx, CloseReason.PROTOCOL_ERROR);
    } else if (cause instanceof IOException) {
      close(ctx, CloseReason.DISCONNECTED);
    } else {
      log.error("connection closed: peer={}", peer, cause);
      close(ctx, CloseReason.PROTOCOL_ERROR);
    }
  }

  private void perform(ChannelHandlerContext ctx, List<SessionAction> actions) {
    for (SessionAction action : actions) {
      switch (action) {
        case SessionAction.Send(RtmpMessage message) -> {
          var _ = ctx.write(message);
        }
        case SessionAction.Admit(StreamKey key) ->
            admitWhenDecided(ctx, key, System.nanoTime() + config.keyTimeout().toNanos());
        case SessionAction.Media(RtmpMessage message) -> media(ctx, message);
        case SessionAction.Encoder(String name) -> {
          if (publication != null) {
            publication.encoder(name);
          }
        }
        case SessionAction.Finish _ -> {
          finish(CloseReason.FINISHED);
          decoder.publishing(false);
          // Nobody would resume for a publication that is gone.
          ctx.channel().config().setAutoRead(true);
        }
        case SessionAction.TimeOut(Limit limit) -> {
          metrics.timedOut(limit);
          log.debug("connection took too long: peer={} limit={}", peer, limit.label());
          close(ctx, CloseReason.TIMED_OUT);
        }
        case SessionAction.Close(CloseReason reason) -> closeLater(ctx, reason);
      }
    }
  }

  private void admitWhenDecided(ChannelHandlerContext ctx, StreamKey key, long endNs) {
    if (ingest.canDecide(key) || System.nanoTime() - endNs >= 0) {
      admit(ctx, key);
      return;
    }
    Runnable again =
        () -> {
          // Who left meanwhile, or asked for something else, gets no answer to this.
          if (session.isAdmitting()) {
            admitWhenDecided(ctx, key, endNs);
            ctx.flush();
          }
        };
    cancel(keyTimer);
    keyTimer = ctx.executor().schedule(again, KEY_TICK_MS, TimeUnit.MILLISECONDS);
  }

  private static void cancel(@Nullable Future<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }

  private void admit(ChannelHandlerContext ctx, StreamKey key) {
    Handle itsHandle = new Handle(ctx);
    Admission admission = ingest.admit(key, new PublisherAddress("rtmp", peer), itsHandle);
    switch (admission) {
      case Admission.Admitted(Publication admitted) -> {
        publication = admitted;
        handle = itsHandle;
        publisher = new FlvPublisher(admitted, config.configurationsPerMinute());
        // Before the next message is read: encoders do not all wait for the answer.
        decoder.publishing(true);
        perform(
            ctx,
            session.admitted(
                "Publishing channel " + admitted.channelName() + ".", System.nanoTime()));
        // The channel's publisher before it may have spent more than there was.
        pauseIfTooMuch(ctx, admitted);
      }
      case Admission.Refused(Admission.Reason reason) -> perform(ctx, session.refused(reason));
    }
  }

  private void media(ChannelHandlerContext ctx, RtmpMessage message) {
    Publication target = publication;
    if (target == null || publisher == null) {
      return;
    }
    switch (take(publisher, message)) {
      case FlvPublisher.Refused(String why, Optional<Limit> limit) -> {
        limit.ifPresent(metrics::beyond);
        metrics.unsupported();
        target.unsupported(why);
        perform(ctx, session.unsupported(why));
        return;
      }
      case FlvPublisher.Brought.NO_SAMPLE -> session.onEmptyMedia(System.nanoTime());
      case FlvPublisher.Brought.SAMPLES -> {}
    }
    pauseIfTooMuch(ctx, target);
  }

  private FlvPublisher.Taken take(FlvPublisher by, RtmpMessage message) {
    try {
      return by.accept(message);
    } catch (MalformedMediaException e) {
      metrics.malformedMedia();
      log.debug("message dropped: peer={} {}", peer, e.getMessage());
      return FlvPublisher.Brought.NO_SAMPLE;
    }
  }

  private void pauseIfTooMuch(ChannelHandlerContext ctx, Publication target) {
    // Asked of each message, also of those that were read before: it is what resumes.
    if (!target.writable() && ctx.channel().config().isAutoRead()) {
      metrics.paused();
      ctx.channel().config().setAutoRead(false);
    }
  }

  private void onTimer(ChannelHandlerContext ctx) {
    perform(ctx, session.onTimer(ctx.channel().config().isAutoRead(), System.nanoTime()));
    ctx.flush();
  }

  private void finish(CloseReason reason) {
    Publication ended = publication;
    publication = null;
    handle = null;
    publisher = null;
    if (ended != null) {
      ended.close(reason);
    }
  }

  private void closeLater(ChannelHandlerContext ctx, CloseReason reason) {
    closeReason = reason;
    finish(reason);
    ctx.flush();
    // What still comes is read and thrown away: closing on unread bytes would reset the
    // connection, and the peer might lose our answer.
    decoder.discard();
    ctx.channel().config().setAutoRead(true);
    var _ =
        ctx.executor()
            .schedule(
                () -> close(ctx, reason), config.closeDelay().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void close(ChannelHandlerContext ctx, CloseReason reason) {
    if (ctx.channel().isActive()) {
      closeReason = reason;
    }
    finish(reason);
    // What has come already would be refused too, each time for the same.
    decoder.discard();
    var _ = ctx.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
  }

  /** What the ingest says about the publication, brought to the event loop. */
  private final class Handle implements PublisherHandle {
    private final ChannelHandlerContext ctx;

    Handle(ChannelHandlerContext ctx) {
      this.ctx = ctx;
    }

    @Override
    public void closed(CloseReason reason) {
      onLoop(
          () -> {
            // The connection may publish something else by now.
            if (handle == this) {
              perform(ctx, session.closedByIngest(reason));
              ctx.flush();
            }
          });
    }

    @Override
    public void writable() {
      onLoop(
          () -> {
            if (handle == this) {
              ctx.channel().config().setAutoRead(true);
            }
          });
    }

    private void onLoop(Runnable task) {
      try {
        ctx.executor().execute(task);
      } catch (RejectedExecutionException e) {
        log.debug("the event loop is gone, and the connection with it: peer={}", peer);
      }
    }
  }
}

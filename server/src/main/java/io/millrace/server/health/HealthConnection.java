package io.millrace.server.health;

import io.millrace.limits.OnceInAWhile;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the first request of one connection and closes it: who watches asks every few seconds,
 * and so one time limit holds for all of it. A body is not waited for. Confined to its event loop.
 */
final class HealthConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger log = LoggerFactory.getLogger(HealthConnection.class);
  private static final OnceInAWhile ERRORS =
      new OnceInAWhile(Duration.ofSeconds(10), System.nanoTime());

  private final HealthAnswers answers;
  private final HealthLimits limits;
  private final HealthMetrics metrics;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean answered;

  HealthConnection(HealthAnswers answers, HealthLimits limits, HealthMetrics metrics) {
    this.answers = answers;
    this.limits = limits;
    this.metrics = metrics;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(() -> timedOut(context), limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
    context.fireChannelActive();
  }

  private void timedOut(ChannelHandlerContext context) {
    metrics.closed(HealthMetrics.Closed.TIMEOUT);
    if (answered) {
      var _ = context.close();
      return;
    }
    answered = true;
    send(
        context,
        HealthAnswers.problem(
            HttpResponseStatus.REQUEST_TIMEOUT,
            "no request within %d ms (metrics.timeout)".formatted(limits.timeout().toMillis())),
        /* isHead= */ false);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    context.fireChannelInactive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message)
      throws IOException {
    if (answered || !(message instanceof HttpRequest request)) {
      return;
    }
    answered = true;
    HealthAnswers.Answer answer =
        request.decoderResult().isSuccess()
            ? answers.answer(
                request.method(), request.uri(), request.headers().get(HttpHeaderNames.ACCEPT))
            : refusal(request.decoderResult());
    send(context, answer, request.method().equals(HttpMethod.HEAD));
  }

  private HealthAnswers.Answer refusal(DecoderResult result) {
    return switch (result.cause()) {
      case TooLongHttpLineException _ ->
          HealthAnswers.problem(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line");
      case TooLongHttpHeaderException _ ->
          HealthAnswers.problem(
              HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
              "more than %d bytes (metrics.max-head-bytes)".formatted(limits.mostHeadBytes()));
      default ->
          HealthAnswers.problem(HttpResponseStatus.BAD_REQUEST, "the request cannot be read");
    };
  }

  private void send(ChannelHandlerContext context, HealthAnswers.Answer answer, boolean isHead) {
    byte[] body = answer.body().toArray();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            answer.status(),
            isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD"); // RFC 9110 15.5.6
    }
    metrics.answered(answer.status().code());
    var _ = context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
    if (error instanceof IOException) {
      log.debug("A connection to the metrics port broke: {}", error.getMessage());
    } else {
      if (ERRORS.isDue(System.nanoTime())) {
        log.warn("A request to the metrics port failed", error);
      } else {
        log.debug("A request to the metrics port failed", error);
      }
    }
    var _ = context.close();
  }
}

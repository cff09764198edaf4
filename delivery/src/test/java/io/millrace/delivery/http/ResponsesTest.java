package io.millrace.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResponsesTest {
  private Instant now = Instant.parse("2026-05-01T10:00:00Z");
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneOffset getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          throw new UnsupportedOperationException();
        }
      };
  private final Responses responses =
      new Responses(new HttpDate(clock), ByteBufAllocator.DEFAULT, /* guarded= */ false);
  private final List<Response> taken = new ArrayList<>();

  @AfterEach
  void close() {
    responses.forgetRefusals();
    assertThat(taken).allMatch(response -> response.refCnt() >= 1);
    taken.forEach(Response::release);
    assertThat(taken).allMatch(response -> response.refCnt() == 0);
  }

  private Response take(Response response) {
    taken.add(response);
    return response;
  }

  @Test
  void aRefusalIsOneForAllWhoGetItInASecond() {
    Response first = take(responses.notFound("segment 7: not in the window"));
    assertThat(take(responses.notFound("segment 7: not in the window"))).isSameAs(first);
    assertThat(take(responses.notFound("segment 8: not in the window"))).isNotSameAs(first);
    assertThat(take(responses.gone("segment 7: not in the window")).status()).isEqualTo(410);

    now = now.plusSeconds(1);
    assertThat(take(responses.notFound("segment 7: not in the window"))).isNotSameAs(first);
  }

  @Test
  void refusalsWithoutEndAreNotKept() {
    for (int i = 0; i < 1_000; i++) {
      take(responses.notFound("channel " + i + ": unknown"));
    }
    Response first = take(responses.notFound("channel 0: unknown"));
    Response last = take(responses.notFound("channel 999: unknown"));

    assertThat(taken.getFirst()).isSameAs(first);
    assertThat(taken.get(999)).isNotSameAs(last);
    assertThat(first.ownBytes()).isZero();
    assertThat(last.ownBytes()).isPositive();
  }
}

package io.millrace.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.control.ControlPlaneException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void addressWithTooManyWrongTokensWaitsAMinute() throws Exception {
    InetAddress address = InetAddress.getByName("192.0.2.1");
    LoginLimiter limiter = new LoginLimiter(20);
    for (int i = 0; i < 20; i++) {
      assertThat(limiter.failed(address, i)).isEmpty();
    }

    assertThat(limiter.failed(address, 20)).contains(MINUTE);
    assertThat(limiter.failed(InetAddress.getByName("192.0.2.2"), 20)).isEmpty();
    assertThat(limiter.failed(address, Duration.ofSeconds(42).toNanos()))
        .contains(Duration.ofSeconds(18));
    assertThat(limiter.failed(address, MINUTE.toNanos() - 1)).contains(Duration.ofSeconds(1));
    assertThat(limiter.failed(address, MINUTE.toNanos())).isEmpty();
  }

  @Test
  void wrongTokensFromAnIpv6PrefixCountTogether() throws Exception {
    LoginLimiter limiter = new LoginLimiter(2);
    assertThat(limiter.failed(InetAddress.getByName("2001:db8:0:1::1"), 0)).isEmpty();
    assertThat(limiter.failed(InetAddress.getByName("2001:db8:0:1::2"), 0)).isEmpty();

    assertThat(limiter.failed(InetAddress.getByName("2001:db8:0:1::3"), 1)).isPresent();
    assertThat(limiter.failed(InetAddress.getByName("2001:db8:0:2::3"), 1)).isEmpty();
  }

  @Test
  void tokenIsKeptFromStartToStart(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("deep/admin-token");
    AdminToken made = AdminToken.in(file);
    String token = Files.readString(file).strip();

    assertThat(token).matches("mat_[0-9a-z]{32}");
    assertThat(made.is(token)).isTrue();
    assertThat(made.is(token + "x")).isFalse();
    assertThat(AdminToken.in(file).is(token)).isTrue();
    Files.writeString(file, "short");
    String trouble =
        file + ": 5 characters (expected: at least 24; remove the file to have one made)";
    assertThatThrownBy(() -> AdminToken.in(file))
        .isInstanceOf(ControlPlaneException.class)
        .hasMessage(trouble);
    assertThat(AdminToken.trouble(file)).contains(trouble);
    Files.delete(file);
    assertThat(AdminToken.trouble(file)).isEmpty();
    assertThat(file).doesNotExist();
  }

  @Test
  void secretsDiffer() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      secrets.add(Secrets.random("mk_"));
    }

    assertThat(secrets).hasSize(1_000).allMatch(secret -> secret.matches("mk_[0-9a-z]{32}"));
    assertThat(Secrets.hash("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}

package io.millrace.control.link;

import io.millrace.control.link.TokenChange.Revocation;
import io.millrace.control.token.TokenKeys;
import io.millrace.control.token.TokenTrust;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds keys and revocations at one number of the directory's log. Immutable. */
final class KeptTokens {
  /** Before there is any: no token is good. */
  static final KeptTokens NONE = new KeptTokens(TokenKeys.NONE, List.of());

  private final TokenKeys keys;
  private final List<Revocation> revocations;
  private final TokenTrust trust;

  private KeptTokens(TokenKeys keys, List<Revocation> revocations) {
    this.keys = keys;
    this.revocations = List.copyOf(revocations);
    Set<String> ids = new HashSet<>();
    Set<String> sessions = new HashSet<>();
    for (Revocation each : revocations) {
      if (each.session().isEmpty()) {
        ids.add(each.tokenId());
      } else {
        sessions.add(each.session());
      }
    }
    this.trust = new TokenTrust(keys, ids, sessions);
  }

  TokenTrust trust() {
    return trust;
  }

  /** What is over is forgotten: as much as the control plane does. */
  KeptTokens with(TokenChange change, long nowS) {
    TokenKeys newKeys = change.keys() == null ? keys : change.keys();
    List<Revocation> all = new ArrayList<>(revocations);
    all.addAll(change.revocations());
    all.removeIf(each -> each.untilS() < nowS);
    return newKeys.equals(keys) && all.equals(revocations) ? this : new KeptTokens(newKeys, all);
  }

  TokenChange all() {
    return new TokenChange(keys, revocations);
  }
}

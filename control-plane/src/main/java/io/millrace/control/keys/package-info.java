/**
 * Stream keys: the secrets that publish to a channel. A key is shown once, when it is made; only
 * its hash is kept and given to nodes.
 */
@NullMarked
package io.millrace.control.keys;

import org.jspecify.annotations.NullMarked;

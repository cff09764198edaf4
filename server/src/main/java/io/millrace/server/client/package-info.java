/**
 * A client of the control plane's API, for the commands that talk to it. It uses {@code
 * HttpURLConnection}, which starts in a tenth of the newer client's time.
 */
@NullMarked
package io.millrace.server.client;

import org.jspecify.annotations.NullMarked;

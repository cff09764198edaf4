/** Tests of the control plane over HTTP and the nodes' link, on a real Postgres. */
@NullMarked
package io.millrace.control;

import org.jspecify.annotations.NullMarked;

/** Patches of MPDs. */
package io.millrace.conformance.dash;

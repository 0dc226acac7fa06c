"""What libraries say of a failure in words alone: the only place that reads such words.

Scrapy, Twisted and the browser have no type or attribute for what is told apart here. Each
function knows the words of one library; a test provokes the real error, so that a new release that
says it otherwise is noticed.
"""

from __future__ import annotations

import re
import ssl

from OpenSSL import SSL
from scrapy.exceptions import IgnoreRequest
from service_identity import VerificationError

_NO_ADDRESS = re.compile(r"^(?:Missing scheme in request url|invalid hostname)\b", re.IGNORECASE)
_NET_ERROR = re.compile(r"\bnet::ERR_(\w+)")


def unpacks_too_large(error: IgnoreRequest) -> bool:
    """Tell whether Scrapy dropped an answer whose small body unpacks into a large one."""
    return "exceeded DOWNLOAD_MAXSIZE" in str(error)


def redirects_too_often(error: IgnoreRequest) -> bool:
    """Tell whether Scrapy followed as many redirects as it may."""
    return str(error) == "max redirections reached"


def is_no_address(error: BaseException) -> bool:
    """Tell whether Scrapy or Twisted was given an address that cannot be asked.

    The addresses of entries are judged before, so it comes from a redirect.
    """
    return isinstance(error, ValueError) and _NO_ADDRESS.search(str(error)) is not None


def is_tls_trouble(error: BaseException) -> bool:
    """Tell whether two machines could not agree on encryption, or a certificate is not trusted."""
    if isinstance(error, ssl.SSLError | SSL.Error | VerificationError):
        return True
    code = _NET_ERROR.search(str(error))  # the browser's, beside an address that says anything
    if code is not None:
        return code[1].startswith("CERT") or "SSL" in code[1] or "TLS" in code[1]
    said = str(error).lower()  # Scrapy shows some of OpenSSL's errors as text
    return any(sign in said for sign in ("ssl", "tls", "certificate"))

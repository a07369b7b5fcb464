"""Send a reply that came too late for the passive way, as far as the platform allows."""

from collections.abc import Mapping

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.api_client import WechatApi
from api.channels.wechat.error_codes import NO_QUOTA
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.platform_call import WechatUnreachableError
from api.channels.wechat.quota import CustomerServiceQuota


class CustomerService:
    """Sends texts through the API of each account, by its app id."""

    def __init__(self, apis: Mapping[str, WechatApi], quota: CustomerServiceQuota) -> None:
        self._apis = apis
        self._quota = quota

    async def send(self, account: WechatAccount, openid: str, conversation_id: str, text: str) -> bool:
        """Whether the text was certainly sent. It is not tried again here; why it was not is in the log."""
        if not await self._quota.take(account.app_id, conversation_id):
            return False
        try:
            await self._apis[account.app_id].send_text(openid, text)
        except WechatApiError as error:
            if error.code in NO_QUOTA:
                await self._quota.closed(account.app_id, conversation_id)
            return False
        except WechatUnreachableError:
            return False  # perhaps it arrived; reading it twice is better than never
        return True
